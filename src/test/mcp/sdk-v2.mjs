import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { createTaskSessionFromClient, resultFromTaskOutcome } from '@modelcontextprotocol/ext-tasks/client';
import assert from 'node:assert/strict';
const url = new URL(process.argv[2]);
let passed = 0;
const test = async (name, work) => { await work(); passed++; console.log('SDK v2: ' + name); };
for (const mode of ['legacy', 'auto']) {
  const client = new Client({ name: 'v2', version: '1' }, { capabilities: {}, versionNegotiation: { mode } });
  await client.connect(new StreamableHTTPClientTransport(url));
  const era = mode === 'auto' ? 'modern' : mode;
  await test(`${era}: lists tools`, async () => assert.ok((await client.listTools()).tools.some(t => t.name === 'count')));
  await test(`${era}: calls with progress`, async () => {
    const steps = [];
    const result = await client.callTool({ name: 'count', arguments: { steps: 3 } }, { onprogress: p => steps.push(p.progress) });
    assert.equal(result.structuredContent.counted, 3);
    assert.ok(steps.length > 0);
  });
  await test(`${era}: stops a call`, async () => {
    const abort = new AbortController();
    setTimeout(() => abort.abort(), 1500);
    await assert.rejects(client.callTool({ name: 'count', arguments: { steps: 99 } }, { signal: abort.signal }));
  });
  await test(`${era}: reads resources`, async () => assert.ok((await client.readResource({ uri: 'test://static-text' })).contents[0].text));
  await client.close();
}
const client = new Client({ name: 'v2', version: '1' }, { capabilities: {} });
await client.connect(new StreamableHTTPClientTransport(url));
const session = createTaskSessionFromClient(client, { endpointId: 'longhaul' });
await test('legacy: ext-tasks calls as a task', async () => {
  const execution = await session.callTool('count', { steps: 3 });
  const { outcome } = await execution.settle();
  assert.equal(resultFromTaskOutcome(outcome).structuredContent.counted, 3);
});
await session.close();
await client.close();
console.log(`SDK v2: ${passed} passed, 0 failed`);
