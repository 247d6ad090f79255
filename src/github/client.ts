import { setTimeout as sleep } from 'node:timers/promises'
import { defaults, getOctokitOptions } from '@actions/github/lib/utils'
import { throttling } from '@octokit/plugin-throttling'
import { Octokit } from '@octokit/rest'

export type Client = InstanceType<typeof Octokit>

export interface ClientOptions {
  readonly token: string
  /** `https://api.github.com`, or a GitHub Enterprise Server's `https://host/api/v3`. */
  readonly apiUrl: string
  /** Told once for each wait and each retry. */
  readonly onWait: (message: string) => void
  readonly limits?: Partial<ClientLimits>
}

interface ClientLimits {
  /** For one request with its answer. */
  readonly timeoutMs: number
  /** How often one request is sent again. */
  readonly retries: number
  /** A wait that GitHub asks for and that is longer than this ends the request: a job must not sleep for an hour. */
  readonly longestWaitSeconds: number
  /** Pause before the first retry after a failure of the server; it doubles. */
  readonly pauseMs: number
  /** Bytes of one answer. */
  readonly maxBytes: number
}

const LIMITS: ClientLimits = {
  timeoutMs: 60_000,
  retries: 2,
  longestWaitSeconds: 60,
  pauseMs: 1_000,
  maxBytes: 512 * 1024 * 1024,
}

/**
 * The one maker of a GitHub client. It honours the proxy variables of a self-hosted runner (as `@actions/github` does), the
 * rate limits (`plugin-throttling`: one write a second, waits that GitHub asks for) and ends every request in bounded time.
 */
export function createClient(options: ClientOptions): Client {
  const limits = { ...LIMITS, ...options.limits }
  const mayWait = (what: string) => (seconds: number, request: { method: string }, _: unknown, retried: number) => {
    const again = retried < limits.retries && seconds <= limits.longestWaitSeconds
    options.onWait(
      `GitHub's ${what} is reached; ${again ? `waiting ${seconds} s` : `it asks to wait ${seconds} s`} (${request.method})`,
    )
    return again
  }
  // `defaults` of @actions/github fetch by way of the runner's proxy.
  const fetchOnce = boundedFetch(defaults.request?.fetch ?? globalThis.fetch, limits)
  const settings = {
    baseUrl: options.apiUrl,
    userAgent: 'ringfence',
    throttle: { onRateLimit: mayWait('rate limit'), onSecondaryRateLimit: mayWait('secondary rate limit') },
    // Octokit warns of deprecated routes on the console; what we print goes through one place only.
    log: { debug() {}, info() {}, warn: options.onWait, error: options.onWait },
    request: { fetch: retryingFetch(fetchOnce, limits, options.onWait), agent: undefined },
  }
  return new (Octokit.plugin(throttling))(getOctokitOptions(options.token, settings))
}

type Fetch = (url: string, init: RequestInit) => Promise<Response>

/**
 * Reads the whole answer before it hands it on, within one time limit and one size limit.
 *
 * Octokit takes an answer that breaks off in its body for an empty one, which must not pass for "no comments".
 */
function boundedFetch(fetch: Fetch, limits: ClientLimits): Fetch {
  return async (url, init) => {
    const response = await fetch(url, { ...init, signal: AbortSignal.timeout(limits.timeoutMs) })
    const chunks: Uint8Array[] = []
    let size = 0
    for await (const chunk of response.body ?? []) {
      size += chunk.byteLength
      if (size > limits.maxBytes) throw new Error(`the answer is larger than ${limits.maxBytes} bytes`)
      chunks.push(chunk)
    }
    const body = size === 0 ? null : Buffer.concat(chunks, size)
    return new Response(body, {
      status: response.status,
      statusText: response.statusText,
      headers: [...response.headers],
    })
  }
}

/**
 * Sends a request again after a failure of the server or of the connection. A POST is not: it may have been carried out, and a
 * second one would make a second comment. Rate limits are left to the throttling plugin, which knows them by their text.
 */
function retryingFetch(fetch: Fetch, limits: ClientLimits, onWait: (message: string) => void): Fetch {
  return async (url, init) => {
    for (let attempt = 0; ; attempt++) {
      const mayRetry = attempt < limits.retries && (init.method !== 'POST' || url.endsWith('/graphql'))
      const pause = limits.pauseMs * 2 ** attempt
      try {
        const response = await fetch(url, init)
        const wait = await pauseFor(response, pause)
        if (!mayRetry || wait === undefined || wait > limits.longestWaitSeconds * 1_000) return response
        onWait(`GitHub answers ${response.status}; trying again in ${wait / 1_000} s`)
        await sleep(wait)
      } catch (error) {
        if (!mayRetry) throw error
        onWait(`GitHub cannot be reached; trying again in ${pause / 1_000} s`)
        await sleep(pause)
      }
    }
  }
}

/** Milliseconds to wait before the request is sent again, or undefined where the answer is final. */
async function pauseFor(response: Response, pause: number): Promise<number | undefined> {
  if (response.status >= 500) return pause
  if (response.status !== 429 || response.headers.get('x-ratelimit-remaining') === '0') return undefined
  if (/\bsecondary rate\b/i.test(await response.clone().text())) return undefined
  const seconds = Number(response.headers.get('retry-after'))
  return Number.isFinite(seconds) && seconds > 0 ? seconds * 1_000 : pause
}
