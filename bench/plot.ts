// `node bench/plot.ts`: the page and the plot of docs/benchmark, and the table of the README, from the results of the last run.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { infrastructureSection } from './infrastructure.ts'
import type { Measure } from './measure.ts'
import { pathsSection } from './paths.ts'
import { BENCHMARK, type ClusterResult, type RepositoryResult, readResults } from './results.ts'

/** Seconds that np-guard's analyser 1.4.4 took on states of the same shape and two cores, by number of workloads. */
const PEER = {
  list: [
    [100, 0.57],
    [300, 4.1],
    [1000, 47.6],
  ],
  diff: [
    [100, 1.2],
    [300, 7.8],
    [1000, 98.3],
  ],
} as const satisfies Record<string, readonly Point[]>

type Point = readonly [workloads: number, seconds: number]

interface Line {
  readonly label: string
  readonly style: string
  readonly points: readonly Point[]
}

export function writePage(): void {
  const { node, clusters, repository, paths, infrastructure } = readResults()
  writeFileSync(join(BENCHMARK, 'time.svg'), plot(linesOf(clusters)))
  writeFileSync(
    join(BENCHMARK, 'README.md'),
    page(node, clusters, repository) + pathsSection(paths) + infrastructureSection(infrastructure),
  )
  const readme = join(import.meta.dirname, '../README.md')
  const text = readFileSync(readme, 'utf8')
  writeFileSync(
    readme,
    text.replace(MARKED, () => `${BEGIN}\n${clusterTable(clusters)}\n${END}`),
  )
}

const [BEGIN, END] = ['<!-- made by npm run bench -->', '<!-- end -->']
const MARKED = new RegExp(`${BEGIN}[^]*?${END}`)

const inSeconds = ({ seconds }: Measure) => `${seconds.toFixed(2)} s`
const ratio = (of: Measure, to: Measure) => `${(of.processor / to.processor).toFixed(1)}×`

function clusterTable(clusters: readonly ClusterResult[]): string {
  const rows = clusters.map(
    ({ workloads, files, review, reviewReference, list, listReference }) =>
      `| ${workloads.toLocaleString('en-US')} | ${files.toLocaleString('en-US')} | ${inSeconds(review)} | ${ratio(review, reviewReference)} | ${Math.round(review.memory)} MiB | ${inSeconds(list)} | ${ratio(list, listReference)} | ${Math.round(list.memory)} MiB |`,
  )
  return `| workloads | files | review | to parsing | memory | list | to parsing | memory |
| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
${rows.join('\n')}`
}

function linesOf(clusters: readonly ClusterResult[]): readonly Line[] {
  const points = (of: (result: ClusterResult) => Measure) =>
    clusters.map((result): Point => [result.workloads, of(result).seconds])
  return [
    { label: 'netpol-analyzer diff', style: 'peer', points: PEER.diff },
    { label: 'netpol-analyzer list', style: 'peer dashed', points: PEER.list },
    { label: 'Ringfence review', style: 'own', points: points(({ review }) => review) },
    { label: 'Ringfence list', style: 'own dashed', points: points(({ list }) => list) },
    { label: 'parsing the files', style: 'reference', points: points(({ reviewReference }) => reviewReference) },
  ]
}

const WIDTH = 720
const HEIGHT = 400
const AREA = { left: 64, right: WIDTH - 168, top: 24, bottom: HEIGHT - 52 }
const WORKLOADS = [100, 1000, 10_000]
const SECONDS = [0.1, 1, 10, 100]

function scale(value: number, marks: readonly number[], from: number, to: number): number {
  const [low, high] = [Math.log10(marks[0]!), Math.log10(marks.at(-1)!)]
  return Math.round((from + ((Math.log10(value) - low) / (high - low)) * (to - from)) * 10) / 10
}

const xOf = (workloads: number) => scale(workloads, WORKLOADS, AREA.left, AREA.right)
/** Room below the lowest mark for what takes less. */
const yOf = (seconds: number) => scale(seconds, [0.05, ...SECONDS], AREA.bottom, AREA.top)

/** Both axes are logarithmic. Colours follow the reader's scheme. */
function plot(lines: readonly Line[]): string {
  const grid = [
    ...WORKLOADS.map(
      (mark) =>
        `<path class="grid" d="M${xOf(mark)} ${AREA.top}V${AREA.bottom}"/><text x="${xOf(mark)}" y="${AREA.bottom + 20}" text-anchor="middle">${mark.toLocaleString('en-US')}</text>`,
    ),
    ...SECONDS.map(
      (mark) =>
        `<path class="grid" d="M${AREA.left} ${yOf(mark)}H${AREA.right}"/><text x="${AREA.left - 10}" y="${yOf(mark) + 4}" text-anchor="end">${mark} s</text>`,
    ),
  ]
  const labels = labelHeights(lines)
  const drawn = lines.flatMap(({ label, style, points }, i) => {
    const last = points.at(-1)
    if (last === undefined) return []
    const path = points.map(([x, y], at) => `${at === 0 ? 'M' : 'L'}${xOf(x)} ${yOf(y)}`).join('')
    const dots = points.map(([x, y]) => `<circle class="${style}" cx="${xOf(x)}" cy="${yOf(y)}" r="3.5"/>`).join('')
    return [
      `<path class="line ${style}" d="${path}"/>${dots}<text class="${style}" x="${xOf(last[0]) + 10}" y="${labels[i]}">${label}</text>`,
    ]
  })
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="Seconds by number of workloads, both axes logarithmic">
<style>
  text { font: 13px system-ui, sans-serif; fill: #57606a }
  .grid { stroke: #d0d7de; stroke-width: 1 }
  .line { fill: none; stroke-width: 2 }
  .dashed { stroke-dasharray: 5 4 }
  .own { stroke: #0969da } circle.own, text.own { fill: #0969da; stroke: none }
  .peer { stroke: #bc4c00 } circle.peer, text.peer { fill: #bc4c00; stroke: none }
  .reference { stroke: #6e7781 } circle.reference { fill: #6e7781; stroke: none } text.reference { stroke: none }
  @media (prefers-color-scheme: dark) {
    text { fill: #9198a1 }
    .grid { stroke: #3d444d }
    .own { stroke: #4493f8 } circle.own, text.own { fill: #4493f8 }
    .peer { stroke: #f0883e } circle.peer, text.peer { fill: #f0883e }
    .reference { stroke: #9198a1 } circle.reference { fill: #9198a1 }
  }
</style>
${[...grid, ...drawn].join('\n')}
<text x="${(AREA.left + AREA.right) / 2}" y="${HEIGHT - 10}" text-anchor="middle">workloads</text>
</svg>
`
}

/** Baselines of the labels behind the lines' ends, pushed apart where two lines end close to each other. */
function labelHeights(lines: readonly Line[]): readonly number[] {
  const ends = lines.map(({ points }, i) => ({
    i,
    x: xOf(points.at(-1)?.[0] ?? 1),
    y: yOf(points.at(-1)?.[1] ?? 1) + 4,
  }))
  const heights: number[] = []
  let above = { x: -1, y: 0 }
  for (const end of ends.sort((a, b) => a.x - b.x || a.y - b.y)) {
    const y = end.x === above.x ? Math.max(end.y, above.y + 16) : end.y
    heights[end.i] = y
    above = { x: end.x, y }
  }
  return heights
}

function page(node: string, clusters: readonly ClusterResult[], repository: RepositoryResult | undefined): string {
  const peer = (at: number, points: readonly Point[]) => points.find(([workloads]) => workloads === at)?.[1]
  const peers = [100, 300, 1000].map(
    (workloads) =>
      `| ${workloads.toLocaleString('en-US')} | ${peer(workloads, PEER.list)} s | ${peer(workloads, PEER.diff)} s |`,
  )
  return `<!-- Made by \`npm run bench\`; do not edit. -->
# Benchmark

![Seconds by number of workloads](time.svg)

Generated clusters: a Deployment and a Service in one file for each workload, a fifth as many policies, the square root as many
namespaces. \`review\` compares the cluster with itself after one policy admits another port. The yardstick is one Node process
that reads the same files once by content and parses them with js-yaml. Times are those of whole processes on Node ${node.slice(1)}, the
median of alternate runs; ratios are those of processor time.

${clusterTable(clusters)}

np-guard's netpol-analyzer 1.4.4 on clusters of the same shape and two cores:

| workloads | list | diff |
| ---: | ---: | ---: |
${peers.join('\n')}
${repository === undefined ? '' : repositorySection(repository)}`
}

function repositorySection({ files, reference, review, silent }: RepositoryResult): string {
  return `
A git repository of ${files.toLocaleString('en-US')} manifests in 1,500 folders, read from its object store:

| change | time | to parsing all files | memory |
| --- | ---: | ---: | ---: |
| a policy | ${inSeconds(review)} | ${ratio(review, reference)} | ${Math.round(review.memory)} MiB |
| a ConfigMap, which no packet meets | ${inSeconds(silent)} | ${ratio(silent, reference)} | ${Math.round(silent.memory)} MiB |
`
}

if (import.meta.main) writePage()
