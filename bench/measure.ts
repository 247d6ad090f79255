import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface Measure {
  /** Seconds of wall time, the median of the runs. */
  readonly seconds: number
  /** Seconds of processor time of all threads, the median of the runs: what other programs do meanwhile matters less to it. */
  readonly processor: number
  /** MiB of the largest resident set of any run. */
  readonly memory: number
}

/** Runs each command in turn, A B A B …, so that a drift of the machine meets all alike. Throws when one fails. */
export function measure(commands: readonly (readonly string[])[], runs: number): readonly Measure[] {
  const results = commands.map((): Measure[] => [])
  for (let run = 0; run < runs; run++) {
    for (const [i, command] of commands.entries()) results[i]!.push(runOnce(command))
  }
  return results.map((measures) => ({
    seconds: median(measures.map(({ seconds }) => seconds)),
    processor: median(measures.map(({ processor }) => processor)),
    memory: Math.max(...measures.map(({ memory }) => memory)),
  }))
}

function runOnce(command: readonly string[]): Measure {
  const folder = mkdtempSync(join(tmpdir(), 'ringfence-bench-'))
  const file = join(folder, 'usage.json')
  // The child writes its own usage at exit: no tool outside of Node is needed.
  const hook = `data:text/javascript,${encodeURIComponent(
    `import { writeFileSync } from 'node:fs'; process.on('exit', () => writeFileSync(${JSON.stringify(file)}, JSON.stringify(process.resourceUsage())))`,
  )}`
  const start = performance.now()
  const { status, stderr } = spawnSync(process.execPath, ['--import', hook, ...command], {
    encoding: 'utf8',
    maxBuffer: 1 << 30,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const seconds = (performance.now() - start) / 1000
  if (status !== 0 && status !== 1) throw new Error(`${command.join(' ')} ended with ${status}: ${stderr}`)
  const { userCPUTime, systemCPUTime, maxRSS } = JSON.parse(readFileSync(file, 'utf8')) as NodeJS.ResourceUsage
  rmSync(folder, { recursive: true })
  return { seconds, processor: (userCPUTime + systemCPUTime) / 1e6, memory: maxRSS / 1024 }
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)]!
}
