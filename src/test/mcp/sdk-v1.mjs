import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { CallToolResultSchema } from '@modelcontextprotocol/sdk/types.js';
import assert from 'node:assert/strict';
const url = new URL(process.argv[2]);
const client = new Client({ name: 'v1', version: '1' }, { capabilities: {} });
await client.connect(new StreamableHTTPClientTransport(url));
const passed = [];
const test = async (name, work) => { await work(); passed.push(name); console.log('SDK v1: ' + name); };
await test('lists tools', async () => assert.ok((await client.listTools()).tools.some(t => t.name === 'count')));
await test('calls with progress', async () => {
  const steps = [];
  const result = await client.callTool({ name: 'count', arguments: { steps: 3 } }, CallToolResultSchema, { onprogress: p => steps.push(p.progress) });
  assert.equal(result.structuredContent.counted, 3);
  assert.ok(steps.length > 0);
});
await test('calls as a task', async () => {
  const seen = [];
  for await (const message of client.experimental.tasks.callToolStream({ name: 'count', arguments: { steps: 3 } }, CallToolResultSchema, { task: { ttl: 60000 } })) {
    seen.push(message.type);
    if (message.type === 'result') assert.equal(message.result.structuredContent.counted, 3);
    assert.notEqual(message.type, 'error');
  }
  assert.deepEqual([seen[0], seen.at(-1)], ['taskCreated', 'result']);
});
await test('cancels a task', async () => {
  const stream = client.experimental.tasks.callToolStream({ name: 'count', arguments: { steps: 99 } }, CallToolResultSchema, { task: {} });
  const { value } = await stream.next();
  assert.equal((await client.experimental.tasks.cancelTask(value.task.taskId)).status, 'cancelled');
  assert.equal((await client.experimental.tasks.getTask(value.task.taskId)).status, 'cancelled');
});
await test('reads resources', async () => {
  const read = await client.readResource({ uri: 'test://static-text' });
  assert.ok(read.contents[0].text);
});
await client.close();
console.log(`SDK v1: ${passed.length} passed, 0 failed`);
