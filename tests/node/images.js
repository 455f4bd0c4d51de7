// Calls the box's Image Search with the official Node SDK. Reads {endpoint, protocol, key, secret,
// calls: [{sdk, operation, parameters}]} from stdin and writes a JSON list with one outcome per call;
// sdk is node, or node-v2 for the older signature.
// Parameters that end with `Object` are pictures in base64, which are uploaded ahead.
'use strict';

const fs = require('node:fs');
const { Readable } = require('node:stream');

const modules = process.env.EDGE_AGENT_SDK_NODE || __dirname;
const load = (name) => require(require.resolve(name, { paths: [modules] }));

const sdk = load('@alicloud/imagesearch20201214');
const { Config } = load('@alicloud/openapi-core').$OpenApiUtil;
const { RuntimeOptions } = require(
  require.resolve('@darabonba/typescript', { paths: [modules] }),
);

const lower = (name) => name[0].toLowerCase() + name.slice(1);

async function called(asked, call) {
  const client = new sdk.default(new Config({
    accessKeyId: call.key || asked.key,
    accessKeySecret: call.secret || asked.secret,
    endpoint: asked.endpoint,
    protocol: asked.protocol,
    regionId: 'cn-shanghai',
    signatureAlgorithm: call.sdk === 'node-v2' ? 'v2' : undefined,
  }));
  client._openPlatformEndpoint = asked.endpoint;
  const fields = {};
  for (const [name, value] of Object.entries(call.parameters)) {
    fields[lower(name)] = name.endsWith('Object')
      ? Readable.from([Buffer.from(value, 'base64')])
      : value;
  }
  const request = new sdk[`${call.operation}Request`](fields);
  const runtime = new RuntimeOptions({ ca: fs.readFileSync(asked.ca, 'utf8') });
  const method = lower(call.operation) + (call.operation.endsWith('Advance') ? '' : 'WithOptions');
  // In the cloud's own names, of what the SDK has a type for.
  return (await client[method](request, runtime)).body.toMap();
}

async function main() {
  const asked = JSON.parse(fs.readFileSync(0, 'utf8'));
  const outcomes = [];
  for (const call of asked.calls) {
    try {
      outcomes.push({ body: await called(asked, call) });
    } catch (error) {
      outcomes.push({ error: error.name, code: error.code, message: error.message, status: error.statusCode });
    }
  }
  fs.writeFileSync(1, JSON.stringify(outcomes));
}

main();
