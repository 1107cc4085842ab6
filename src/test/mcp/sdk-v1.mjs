// The TypeScript SDK v1, over HTTP and as a host that starts "java -jar app.jar mcp": node sdk-v1.mjs URL JAR.
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { CallToolResultSchema } from '@modelcontextprotocol/sdk/types.js';
import assert from 'node:assert/strict';
const [url, jar] = process.argv.slice(2);
const program = { command: 'java', args: ['-XX:TieredStopAtLevel=1', '-jar', jar, 'mcp', '--url', url], stderr: 'ignore' };
let passed = 0;
async function over(door, transport) {
  const client = new Client({ name: 'v1', version: '1' }, { capabilities: {} });
  await client.connect(transport);
  const test = async (name, work) => { await work(); passed++; console.log(`SDK v1 over ${door}: ${name}`); };
  await test('lists tools', async () => assert.ok((await client.listTools()).tools.some(t => t.name === 'count')));
  await test('calls with progress', async () => {
    const steps = [];
    const result = await client.callTool({ name: 'count', arguments: { steps: 3 } }, CallToolResultSchema, { onprogress: p => steps.push(p.progress) });
    assert.equal(result.structuredContent.counted, 3);
    assert.ok(steps.length > 0);
  });
  await test('stops a call', async () => {
    const abort = new AbortController();
    setTimeout(() => abort.abort(), 1000);
    await assert.rejects(client.callTool({ name: 'count', arguments: { steps: 98 } }, CallToolResultSchema, { signal: abort.signal }));
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
  await test('reads resources', async () => assert.ok((await client.readResource({ uri: 'test://static-text' })).contents[0].text));
  await client.close();
}
await Promise.all([over('HTTP', new StreamableHTTPClientTransport(new URL(url))), over('stdio', new StdioClientTransport(program))]);
// What was stopped is no longer run, through whatever door it came.
const running = await (await fetch(new URL('/v1/jobs?status=running&tool=count', url))).json();
assert.deepEqual(running.jobs.filter(job => job.params.steps === 98), []);
console.log(`SDK v1: ${passed} passed, 0 failed`);
