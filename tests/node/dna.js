// Calls the box's media DNA with the official Node SDK. Reads {endpoint, protocol, key, secret,
// calls: [{operation, parameters}]} from stdin and writes a JSON list with one outcome per call:
// {map: the typed answer in the API's names, mistyped: members that are not of their declared type}
// or {error, code, message, status}.
'use strict';

const fs = require('node:fs');

const modules = process.env.EDGE_AGENT_SDK_NODE || __dirname;
const load = (name) => require(require.resolve(name, { paths: [modules] }));

const sdk = load('@alicloud/mts20140618');
const { Config } = load('@alicloud/openapi-core').$OpenApiUtil;

const lower = (name) => name[0].toLowerCase() + name.slice(1);

// Names of members whose values are not what the SDK declares, down to the last one.
function mistyped(value, declared, path) {
  if (value === undefined) return [];
  if (typeof declared === 'string') {
    return typeof value === declared ? [] : [`${path}: ${typeof value} for ${declared}`];
  }
  if (declared.type === 'array') {
    if (!Array.isArray(value)) return [`${path}: no array`];
    return value.flatMap((one, at) => mistyped(one, declared.itemType, `${path}[${at}]`));
  }
  return Object.entries(declared.types()).flatMap(([name, type]) =>
    mistyped(value[name], type, `${path}.${name}`));
}

async function called(asked, call) {
  const client = new sdk.default(new Config({
    accessKeyId: call.key || asked.key,
    accessKeySecret: call.secret || asked.secret,
    endpoint: asked.endpoint,
    protocol: asked.protocol,
    regionId: 'cn-shanghai',
  }));
  const Request = sdk[`${call.operation}Request`];
  const names = Object.entries(Request.names());
  const fields = Object.fromEntries(Object.entries(call.parameters).map(([name, value]) =>
    [names.find(([, wire]) => wire === name)[0], value]));
  const { body } = await client[lower(call.operation)](new Request(fields));
  return { map: body.toMap(), mistyped: mistyped(body, body.constructor, 'body') };
}

async function main() {
  const asked = JSON.parse(fs.readFileSync(0, 'utf8'));
  const outcomes = [];
  for (const call of asked.calls) {
    try {
      outcomes.push(await called(asked, call));
    } catch (error) {
      outcomes.push({ error: error.name, code: error.code, message: error.message, status: error.statusCode });
    }
  }
  fs.writeFileSync(1, JSON.stringify(outcomes));
}

main();
