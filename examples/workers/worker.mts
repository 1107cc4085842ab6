// A worker for Longhaul: Node.js 22.18 or newer runs it as it is, with nothing to install. It brings the tool `brotli`
// along, which says how small a text becomes, and does two jobs of it at once:
//   LONGHAUL_URL=http://127.0.0.1:8080 node worker.mts   (LONGHAUL_API_KEY: its key, where the server asks for one)
import { brotliCompress, constants } from 'node:zlib'
import { setTimeout as sleep } from 'node:timers/promises'

type Job = { job_id: string; attempt: number; url: string; params: { text: string; qualities?: number[] } }
type Result = Record<string, number>

const server = process.env.LONGHAUL_URL ?? 'http://127.0.0.1:8080'
const key = process.env.LONGHAUL_API_KEY
const tool = {
  name: 'brotli', version: '1.0', description: 'How many bytes a text has, compressed with Brotli.', timeout: '10m',
  params: {
    type: 'object', required: ['text'],
    properties: {
      text: { type: 'string' }, qualities: { type: 'array', items: { type: 'integer', minimum: 0, maximum: 11 } },
    },
  },
}
const attempts = new Map<string, { job: Job; stop: AbortController }>()
let token: string | undefined

/** The job is not ours any more: stop, and say nothing. */
class LeaseLost extends Error {}

/** Posts until the server has answered: it may be restarting. */
async function post(path: string, body: unknown): Promise<any> {
  for (;;) {
    const headers: Record<string, string> = { 'Content-Type': 'application/json' }
    if (key) headers['Authorization'] = 'Bearer ' + key
    if (token) headers['Longhaul-Worker-Token'] = token
    const request = { method: 'POST', headers, body: JSON.stringify(body), signal: AbortSignal.timeout(60_000) }
    const answer = await fetch(server + path, request).catch(() => undefined)
    if (answer?.ok) {
      const said = JSON.parse((await answer.text()) || '{}')
      token = said.worker_token ?? token
      return said
    }
    if (answer && [404, 409].includes(answer.status)) throw new LeaseLost()
    if (answer && answer.status < 500 && answer.status !== 429) {
      console.error(path, answer.status, await answer.text())
      process.exit(1)
    }
    await sleep(1000)
  }
}

function compressed(text: string, quality: number): Promise<number> {
  const options = { params: { [constants.BROTLI_PARAM_QUALITY]: quality } }
  return new Promise((done, failed) =>
    brotliCompress(text, options, (error, bytes) => (error ? failed(error) : done(bytes.length))))
}

/** The work: tells how far it is, and ends early when told to. */
async function work(job: Job, stop: AbortSignal): Promise<Result> {
  const result: Result = {}
  const qualities = job.params.qualities ?? [1, 5, 11]
  for (const [done, quality] of qualities.entries()) {
    if (stop.aborted) throw new LeaseLost()
    result[quality] = await compressed(job.params.text, quality)
    await post(job.url + '/progress', { fraction: (done + 1) / qualities.length, message: `quality ${quality}` })
  }
  return result
}

async function run(job: Job, stop: AbortController): Promise<void> {
  try {
    const result = await work(job, stop.signal)
    await post(job.url + '/complete', { result })
  } catch (error) {
    if (error instanceof LeaseLost) console.log('stopped', job.job_id)
    else await post(job.url + '/fail', { message: String(error) }).catch(() => {})
  } finally {
    attempts.delete(job.url)
  }
}

/** Says that we live, and hears at once what to stop. */
async function heartbeats(): Promise<never> {
  for (;;) {
    const held = [...attempts.values()]
    const jobs = held.map(({ job }) => ({ job_id: job.job_id, attempt: job.attempt }))
    const said = await post('/v1/workers/heartbeat', { jobs, wait: 5 }).catch(() => ({ stop: jobs }))
    const gone = new Set(said.stop.map((stop: { job_id: string }) => stop.job_id))
    held.filter(({ job }) => gone.has(job.job_id)).forEach(({ stop }) => stop.abort())
    await sleep(held.length > 0 ? 100 : 2000)
  }
}

await post('/v1/workers', { name: 'node', tools: [tool] })
void heartbeats()
for (;;) {
  while (attempts.size >= 2) await sleep(20)
  for (const job of (await post('/v1/workers/claim', { name: 'node', tools: ['brotli'], wait: 30 })).jobs as Job[]) {
    attempts.set(job.url, { job, stop: new AbortController() })
    void run(job, attempts.get(job.url)!.stop)
  }
}
