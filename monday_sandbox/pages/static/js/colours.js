/**
 * monday.com's colours of labels by the names its API uses, and the colours of avatars.
 */

/** @type {Record<string, string>} */
export const LABEL_COLOURS = {
  working_orange: "#fdab3d",
  done_green: "#00c875",
  stuck_red: "#df2f4a",
  dark_blue: "#007eb5",
  purple: "#9d50dd",
  explosive: "#c4c4c4",
  grass_green: "#037f4c",
  bright_blue: "#579bfc",
  saladish: "#cab641",
  egg_yolk: "#ffcb00",
  blackish: "#333333",
  dark_red: "#bb3354",
  sofia_pink: "#e50073",
  lipstick: "#ff5ac4",
  dark_purple: "#784bd1",
  bright_green: "#9cd326",
  chili_blue: "#66ccff",
  american_gray: "#757575",
  brown: "#7f5347",
  dark_orange: "#ff6d3b",
  sunset: "#ff7575",
  bubble: "#faa1f1",
  peach: "#ffadad",
  berry: "#7e3b8a",
  winter: "#9aadbd",
  river: "#74afcc",
  navy: "#225091",
  aquamarine: "#4eccc6",
  indigo: "#5559df",
  dark_indigo: "#401694",
  pecan: "#563e3e",
  lavender: "#bda8f9",
  royal: "#216edf",
  steel: "#a9bee8",
  orchid: "#e484bd",
  lilac: "#9d99b9",
  tan: "#bca58a",
  sky: "#a1e3f6",
  coffee: "#cd9282",
  teal: "#175a63",
};

/** The colour of a label without text. */
export const EMPTY_COLOUR = "#c4c4c4";

const AVATAR_COLOURS = [
  "#5559df",
  "#bb3354",
  "#007eb5",
  "#7f5347",
  "#9d50dd",
  "#037f4c",
  "#225091",
  "#e50073",
  "#175a63",
];

/**
 * The colour of somebody's avatar: always the same for the same id.
 *
 * @param {string | number} id
 * @returns {string}
 */
export function avatarColour(id) {
  let sum = 7;
  for (const letter of String(id)) sum = (sum * 257 + letter.charCodeAt(0)) % 65521;
  return AVATAR_COLOURS[sum % AVATAR_COLOURS.length];
}

/**
 * Whether black text is to be preferred on a colour: where white would be hard to read. monday.com writes white
 * on nearly everything, so only the palest colours answer yes.
 *
 * @param {string} colour `#rrggbb`
 * @returns {boolean}
 */
export function needsDarkText(colour) {
  const [red, green, blue] = [1, 3, 5].map((start) => {
    const channel = parseInt(colour.slice(start, start + 2), 16) / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  });
  const luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  return 1.05 / (luminance + 0.05) < 1.6;
}
