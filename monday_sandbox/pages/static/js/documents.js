/**
 * Every document these pages send to `/v2`. Operation names start with `page_`, so that the feed can tell the
 * page's own reads from the calls of the app under development.
 */

const ASSET = "id name url public_url file_size created_at uploaded_by { id name }";

const CELLS = `
fragment page_cells on Item {
  column_values {
    id
    type
    text
    value
    ... on StatusValue { index label label_style { color border } }
    ... on PeopleValue { persons_and_teams { id kind } }
    ... on BoardRelationValue { linked_item_ids display_value }
    ... on MirrorValue { display_value }
    ... on FormulaValue { display_value }
    ... on DependencyValue { display_value }
    ... on TagsValue { tags { id name } }
    ... on ColorPickerValue { color }
    ... on RatingValue { rating }
    ... on VoteValue { vote_count }
    ... on ButtonValue { label }
    ... on TimeTrackingValue { duration running started_at }
    ... on FileValue { files { ... on FileAssetValue { name asset { ${ASSET} } } } }
    ... on FileValue { files { ... on FileLinkValue { name url } } }
  }
}`;

const ITEM = `
fragment page_item on Item {
  id
  name
  state
  created_at
  group { id }
  updates(limit: 100) { id replies { id } }
  ...page_cells
  subitems { ...page_subitem }
}
fragment page_subitem on Item { id name state created_at board { id } updates(limit: 100) { id replies { id } } ...page_cells }
${CELLS}`;

const MESSAGE = "id body created_at edited_at creator_id creator { id name }";

export const READ_BOARD = `
query page_board($board: ID!) {
  boards(ids: [$board], state: all) {
    id
    name
    description
    state
    board_kind
    items_count
    groups { id title color archived deleted }
    columns { id title type description width archived settings }
    items_page(limit: 500) { cursor items { ...page_item } }
  }
}
${ITEM}`;

export const READ_MORE_ITEMS = `
query page_more_items($cursor: String!) {
  next_items_page(cursor: $cursor, limit: 500) { cursor items { ...page_item } }
}
${ITEM}`;

export const READ_ITEM = `
query page_item_with_board($item: ID!) {
  items(ids: [$item]) {
    ...page_item
    board {
      id
      name
      description
      state
      board_kind
      groups { id title color archived deleted }
      columns { id title type description width archived settings }
    }
  }
}
${ITEM}`;

export const READ_BOARD_AGES = `
query page_board_ages($boards: [ID!]) {
  boards(ids: $boards) { id updated_at }
}`;

/** Columns of a board whose items are shown under others': its subitems'. */
export const READ_COLUMNS = `
query page_columns($board: ID!) {
  boards(ids: [$board]) { id columns { id title type description width archived settings } }
}`;

export const READ_ITEM_NAMES = `
query page_item_names($board: ID!) {
  boards(ids: [$board]) { items_page(limit: 100) { items { id name } } }
}`;

export const READ_ITEM_IDS = `
query page_item_ids($board: ID!, $params: ItemsQuery) {
  boards(ids: [$board]) { items_page(limit: 500, query_params: $params) { cursor items { id } } }
}`;

export const READ_MORE_IDS = `
query page_more_item_ids($cursor: String!) {
  next_items_page(cursor: $cursor, limit: 500) { cursor items { id } }
}`;

export const READ_ASSET = `
query page_asset($ids: [ID!]!) {
  assets(ids: $ids) { ${ASSET} }
}`;

export const READ_UPDATES = `
query page_updates($item: ID!) {
  items(ids: [$item]) {
    id
    name
    state
    assets { ${ASSET} }
    updates(limit: 100) {
      ${MESSAGE}
      assets { ${ASSET} }
      replies {
        ${MESSAGE}
        assets { ${ASSET} }
      }
    }
  }
}`;

export const CREATE_ITEM = `
mutation page_create_item($board: ID!, $group: String!, $name: String!) {
  create_item(board_id: $board, group_id: $group, item_name: $name) { ...page_item }
}
${ITEM}`;

export const CREATE_SUBITEM = `
mutation page_create_subitem($parent: ID!, $name: String!) {
  create_subitem(parent_item_id: $parent, item_name: $name) { id }
}`;

export const CHANGE_VALUES = `
mutation page_change_values($board: ID!, $item: ID!, $values: JSON!) {
  change_multiple_column_values(board_id: $board, item_id: $item, column_values: $values) { ...page_item }
}
${ITEM}`;

export const MOVE_ITEM = `
mutation page_move_item($item: ID!, $group: String!) {
  move_item_to_group(item_id: $item, group_id: $group) { id }
}`;

export const ARCHIVE_ITEM = `
mutation page_archive_item($item: ID!) {
  archive_item(item_id: $item) { id }
}`;

export const DELETE_ITEM = `
mutation page_delete_item($item: ID!) {
  delete_item(item_id: $item) { id }
}`;

export const CREATE_UPDATE = `
mutation page_create_update($item: ID!, $body: String!) {
  create_update(item_id: $item, body: $body) { id }
}`;

export const CREATE_REPLY = `
mutation page_create_reply($item: ID!, $parent: ID!, $body: String!) {
  create_update(item_id: $item, parent_id: $parent, body: $body) { id }
}`;

export const EDIT_UPDATE = `
mutation page_edit_update($update: ID!, $body: String!) {
  edit_update(id: $update, body: $body) { id }
}`;

export const DELETE_UPDATE = `
mutation page_delete_update($update: ID!) {
  delete_update(id: $update) { id }
}`;

/**
 * A file for a column. Ids stand in the document: a form with a file has no place for other variables.
 *
 * @param {string} itemId
 * @param {string} columnId
 */
export function fileToColumn(itemId, columnId) {
  return `
mutation page_file_to_column($file: File!) {
  add_file_to_column(item_id: ${Number(itemId)}, column_id: ${JSON.stringify(columnId)}, file: $file) { id }
}`;
}

/**
 * A file for an update.
 *
 * @param {string} updateId
 */
export function fileToUpdate(updateId) {
  return `
mutation page_file_to_update($file: File!) {
  add_file_to_update(update_id: ${Number(updateId)}, file: $file) { id }
}`;
}
