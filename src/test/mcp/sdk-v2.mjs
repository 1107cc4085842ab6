// The TypeScript SDK v2, over HTTP and as a host that starts "java -jar app.jar mcp", in both eras: node sdk-v2.mjs URL JAR.
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { createTaskSessionFromClient, resultFromTaskOutcome } from '@modelcontextprotocol/ext-tasks/client';
import assert from 'node:assert/strict';
const [url, jar] = process.argv.slice(2);
const doors = {
  HTTP: () => new StreamableHTTPClientTransport(new URL(url)),
  stdio: () => new StdioClientTransport({ command: 'java', args: ['-XX:TieredStopAtLevel=1', '-jar', jar, 'mcp', '--url', url], stderr: 'ignore' })
};
let passed = 0;
const test = async (name, work) => { await work(); passed++; console.log('SDK v2 ' + name); };
async function over(door, mode) {
  const client = new Client({ name: 'v2', version: '1' }, { capabilities: {}, versionNegotiation: { mode } });
  await client.connect(doors[door]());
  const where = `over ${door}, ${mode === 'auto' ? 'modern' : mode}: `;
  await test(where + 'lists tools', async () => assert.ok((await client.listTools()).tools.some(t => t.name === 'count')));
  await test(where + 'calls with progress', async () => {
    const steps = [];
    const result = await client.callTool({ name: 'count', arguments: { steps: 3 } }, { onprogress: p => steps.push(p.progress) });
    assert.equal(result.structuredContent.counted, 3);
    assert.ok(steps.length > 0);
  });
  await test(where + 'stops a call', async () => {
    const abort = new AbortController();
    setTimeout(() => abort.abort(), 1000);
    await assert.rejects(client.callTool({ name: 'count', arguments: { steps: 97 } }, { signal: abort.signal }));
  });
  await test(where + 'reads resources', async () => assert.ok((await client.readResource({ uri: 'test://static-text' })).contents[0].text));
  await client.close();
}
await Promise.all(Object.keys(doors).flatMap(door => [over(door, 'legacy'), over(door, 'auto')]));
const client = new Client({ name: 'v2', version: '1' }, { capabilities: {} });
await client.connect(doors.HTTP());
const session = createTaskSessionFromClient(client, { endpointId: 'longhaul' });
await test('over HTTP, legacy: ext-tasks calls as a task', async () => {
  const execution = await session.callTool('count', { steps: 3 });
  const { outcome } = await execution.settle();
  assert.equal(resultFromTaskOutcome(outcome).structuredContent.counted, 3);
});
await session.close();
await client.close();
// A client over HTTP that leaves is noticed within some seconds.
let running;
for (let tries = 0; tries < 40; tries++) {
  running = (await (await fetch(new URL('/v1/jobs?status=running&tool=count', url))).json()).jobs.filter(job => job.params.steps === 97);
  if (running.length === 0) break;
  await new Promise(later => setTimeout(later, 250));
}
assert.deepEqual(running, []);
console.log(`SDK v2: ${passed} passed, 0 failed`);
