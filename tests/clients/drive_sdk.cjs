// Calls of monday-sdk-js' server part, a JSON line each way: {config, call, arguments} → {value} or {error}.
// The address comes from NODE_ENV and MONDAY_COM_…, settings of the SDK's own.
const { createInterface } = require("node:readline");

const mondaySdk = require("monday-sdk-js");

async function main() {
  for await (const line of createInterface({ input: process.stdin })) {
    const { config, call, arguments: given } = JSON.parse(line);
    let told;
    try {
      const value = await mondaySdk(config)[call](...given);
      told = { value: value === undefined ? null : value };
    } catch (error) {
      told = { error: { class: error.constructor.name, message: error.message } };
    }
    console.log(JSON.stringify(told));
  }
}

main();
