// Calls of @mondaydotcomorg/api, a JSON line each way: {config, call, arguments} → {value} or {error}.
// The address comes from MONDAY_API_ENDPOINT, a setting of the client's own.
import { createInterface } from "node:readline";

import monday from "@mondaydotcomorg/api";

const { ApiClient, ClientError } = monday;

for await (const line of createInterface({ input: process.stdin })) {
  const { config, call, arguments: given } = JSON.parse(line, revived);
  let told;
  try {
    const client = new ApiClient(config);
    const called = call.split(".").reduce((owner, name) => owner[name], client);
    told = { value: plain(await called(...given)) };
  } catch (error) {
    told = { error: described(error) };
  }
  console.log(JSON.stringify(told));
}

function revived(_, value) {
  if (!value?.$file) return value;
  const { name, type, base64 } = value.$file;
  return new File([Buffer.from(base64, "base64")], name, { type });
}

function plain(value) {
  return value?.headers instanceof Headers
    ? { ...value, headers: Object.fromEntries(value.headers) }
    : value;
}

function described(error) {
  const { response = {} } = error;
  return {
    class: error.constructor.name,
    isClientError: error instanceof ClientError,
    message: error.message,
    status: response.status,
    errors: response.errors,
    data: response.data,
    text: response.error,
    headers: response.headers && Object.fromEntries(response.headers),
  };
}
