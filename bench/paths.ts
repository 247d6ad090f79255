import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { writeFiles } from './generate.ts'
import { changeOneRoute, generatePlatform, MANY_RULES, PLATFORM, type PlatformSize } from './generate-paths.ts'

/** A platform of clusters behind a hub's firewall, both versions of it. Seconds of processor time, medians. */
export interface PathsResult {
  readonly clusters: number
  readonly subnets: number
  readonly nsgRules: number
  readonly firewallRules: number
  readonly workloads: number
  /** To read and parse one version. */
  readonly parse: number
  /** To link and evaluate every workload of both. */
  readonly evaluate: number
  /** To find what is different between them. */
  readonly compare: number
}

const PHASES = join(import.meta.dirname, 'paths-phases.ts')
const RUNS = 3

/** Measures a platform, and one with ten times its rules. Writes their files below `work`. */
export function benchPaths(work: string): readonly PathsResult[] {
  return [PLATFORM, MANY_RULES].map((size, index) => benchPlatform(size, join(work, `platform-${index}`)))
}

function benchPlatform(size: PlatformSize, folder: string): PathsResult {
  const [base, head] = [join(folder, 'base'), join(folder, 'head')]
  const files = generatePlatform(size)
  writeFiles(base, files)
  writeFiles(head, changeOneRoute(files))
  const runs = Array.from({ length: RUNS }, () => runPhases(base, head))
  for (const { linked } of runs) {
    if (linked !== 2 * size.clusters) throw new Error(`${linked} states are linked, not ${2 * size.clusters}`)
  }
  return {
    clusters: size.clusters,
    subnets: size.clusters * size.subnets,
    nsgRules: size.clusters * size.nsgRules,
    firewallRules: size.firewallRules,
    workloads: size.clusters * size.workloads,
    parse: median(runs.map(({ parse }) => parse)),
    evaluate: median(runs.map(({ evaluate }) => evaluate)),
    compare: median(runs.map(({ compare }) => compare)),
  }
}

interface Phases {
  readonly parse: number
  readonly evaluate: number
  readonly compare: number
  readonly linked: number
}

function runPhases(base: string, head: string): Phases {
  return JSON.parse(execFileSync(process.execPath, [PHASES, base, head], { encoding: 'utf8' })) as Phases
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!
}

/** The results as a section of the page. */
export function pathsSection(results: readonly PathsResult[]): string {
  if (results.length === 0) return ''
  const count = (value: number) => value.toLocaleString('en-US')
  const rows = results.map(
    ({ clusters, subnets, nsgRules, firewallRules, workloads, parse, evaluate, compare }) =>
      `| ${count(clusters)} | ${count(subnets)} | ${count(nsgRules)} | ${count(firewallRules)} | ${count(workloads)} | ${parse.toFixed(2)} s | ${evaluate.toFixed(2)} s | ${(evaluate / parse).toFixed(1)}× | ${compare.toFixed(2)} s |`,
  )
  return `
Clusters in spokes of one hub with a firewall, whose code and manifests change one route and one rule. Parsing is reading and
parsing one version; evaluating is linking the manifests of both versions to their clusters and working out what every workload can
reach through all layers; comparing is telling what the change opens and closes. Processor time, the compiler and garbage collection
of Node included:

| clusters | subnets | NSG rules | firewall rules | workloads | parsing | evaluating | to parsing | comparing |
| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
${rows.join('\n')}
`
}
