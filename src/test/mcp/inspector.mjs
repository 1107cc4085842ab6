// The Inspector's command lines: --cli over HTTP, and mcpdo over HTTP and as a host that starts "java -jar app.jar mcp", in both
// eras: node inspector.mjs URL JAR.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
const [url, jar] = process.argv.slice(2);
const run = promisify(execFile);
const doors = { HTTP: [url, '--transport', 'http'], stdio: ['--', 'java', '-XX:TieredStopAtLevel=1', '-jar', jar, 'mcp', '--url', url] };
const mcpdo = async (...words) =>
  JSON.parse((await run('node', ['node_modules/.bin/mcpdo', '--format', 'json', ...words], { timeout: 60_000 })).stdout);
const cli = async (era, ...words) => JSON.parse((await run('node', ['node_modules/@modelcontextprotocol/inspector/clients/launcher/build/index.js',
  '--cli', url, '--transport', 'http', '--protocol-era', era, ...words], { timeout: 60_000 })).stdout);
let passed = 0;
async function once(era) {
  const { tools } = await cli(era, '--method', 'tools/list');
  assert.ok(tools.some(tool => tool.name === 'count'));
  const called = await cli(era, '--method', 'tools/call', '--tool-name', 'count', '--tool-arg', 'steps=2');
  assert.equal(called.structuredContent.counted, 2);
  passed++;
  console.log(`Inspector --cli, ${era}: lists and calls`);
}
async function over(door, era, steps) {
  const test = async (name, work) => { await work(); passed++; console.log(`Inspector over ${door}, ${era}: ${name}`); };
  const [one, two] = [`${door}-${era}-1`, `${door}-${era}-2`];
  const ask = (...words) => mcpdo('--connection', one, ...words);
  await test('lists tools', async () => assert.ok(JSON.stringify(await ask('tools/list')).includes('"count"')));
  await test('calls', async () => assert.equal((await ask('tools/call', 'count', 'steps:=2')).structuredContent.counted, 2));
  await test('reads resources', async () => assert.ok(JSON.stringify(await ask('resources/read', 'test://static-text')).includes('static text')));
  let ended;
  const call = mcpdo('--connection', two, 'tools/call', 'count', `steps:=${steps}`, '--task')
    .then(() => (ended = 'completed'), failure => (ended = failure.stderr));
  let task;
  for (let tries = 0; !task && tries < 150; tries++) {
    assert.equal(ended, undefined);
    await new Promise(later => setTimeout(later, 200));
    const { jobs } = await (await fetch(new URL('/v1/jobs?status=running&tool=count', url))).json();
    task = jobs?.find(job => job.params.steps === steps)?.job_id;
  }
  await test('polls a task', async () => assert.equal((await ask('tasks/get', task)).task.status, 'working'));
  await test('cancels a task', async () => {
    await ask('tasks/cancel', task);
    assert.equal((await ask('tasks/get', task)).task.status, 'cancelled');
    assert.match(await call, /cancelled/);
  });
}
try {
  for (const door of Object.keys(doors)) for (const era of ['legacy', 'modern']) for (const number of [1, 2]) {
    const { protocolEra } = await mcpdo('connect', '--connect-timeout', '50000', '--era', era, '--connection', `${door}-${era}-${number}`, ...doors[door]);
    assert.equal(protocolEra, era);
  }
  for (const era of ['legacy', 'modern']) await once(era);
  await Promise.all([over('HTTP', 'legacy', 91), over('HTTP', 'modern', 92), over('stdio', 'legacy', 93), over('stdio', 'modern', 94)]);
} finally {
  await run('node', ['node_modules/.bin/mcpdo', 'daemon', 'stop']).catch(() => {});
}
console.log(`Inspector: ${passed} passed, 0 failed`);
