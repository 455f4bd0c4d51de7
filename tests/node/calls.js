// Calls the box with the official Node SDKs. Reads {endpoint, protocol, key, secret, calls: [{sdk,
// operation, parameters, method?}]} from stdin and writes a JSON list with one outcome per call.
'use strict';

const fs = require('node:fs');
const path = require('node:path');

const modules = process.env.EDGE_AGENT_SDK_NODE || __dirname;
const load = (name) => require(require.resolve(name, { paths: [modules] }));

async function pop(asked, call) {
  const { RPCClient } = load('@alicloud/pop-core');
  const client = new RPCClient({
    accessKeyId: call.key || asked.key,
    accessKeySecret: call.secret || asked.secret,
    endpoint: `${asked.protocol}://${asked.endpoint}`,
    apiVersion: call.version || '2018-01-20',
    securityToken: call.token,
  });
  return client.request(call.operation, call.parameters, { method: call.method || 'POST' });
}

async function top(asked, call) {
  const TopClient = load('topsdk');
  const client = new TopClient(call.key || asked.app_key, call.secret || asked.app_secret, {
    endpoint: `${asked.protocol}://${asked.endpoint}/router/rest`,
    useValidators: false,
  });
  return client.execute(call.operation, call.parameters);
}

async function main() {
  const asked = JSON.parse(fs.readFileSync(0, 'utf8'));
  const outcomes = [];
  for (const call of asked.calls) {
    try {
      outcomes.push({ body: await (call.sdk === 'top' ? top : pop)(asked, call) });
    } catch (error) {
      outcomes.push({ error: error.name, code: error.code, message: error.message, data: error.data });
    }
  }
  fs.writeFileSync(1, JSON.stringify(outcomes));
}

main();
