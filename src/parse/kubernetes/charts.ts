import { folderOf } from '../../base/path.ts'
import type { Tree } from '../../source/tree.ts'

/** Files of Helm charts by the chart's folder: templates, values and what else Helm reads, dependencies included. */
export function findCharts(tree: Tree): ReadonlyMap<string, readonly string[]> {
  const folders = new Set<string>()
  for (const { path, kind } of tree.entries) {
    if (kind === 'file' && (path === CHART || path.endsWith(`/${CHART}`))) folders.add(folderOf(path))
  }
  const charts = new Map<string, string[]>()
  if (folders.size === 0) return charts
  for (const { path, kind } of tree.entries) {
    if (kind !== 'file') continue
    const chart = outermostChart(path, folders)
    if (chart === undefined) continue
    const files = charts.get(chart)
    if (files === undefined) charts.set(chart, [path])
    else files.push(path)
  }
  return charts
}

const CHART = 'Chart.yaml'

/** Folders of a chart that Helm reads. Source: helm.sh/docs/topics/charts/#the-chart-file-structure; `ci` is the chart testing tool's. */
const CHART_FOLDERS = new Set(['templates', 'charts', 'crds', 'ci', 'tests'])
const CHART_FILE = /^(?:Chart\.(?:yaml|lock)|requirements\.(?:yaml|lock)|values[^/]*\.ya?ml|values\.schema\.json)$/

/** The chart that a file belongs to; a chart among another's dependencies is part of that one. */
function outermostChart(path: string, folders: ReadonlySet<string>): string | undefined {
  for (let slash = -1; ; ) {
    const folder = slash === -1 ? '.' : path.slice(0, slash)
    const next = path.indexOf('/', slash + 1)
    if (folders.has(folder)) {
      const first = path.slice(slash + 1, next === -1 ? undefined : next)
      if (next === -1 ? CHART_FILE.test(first) : CHART_FOLDERS.has(first)) return folder
    }
    if (next === -1) return undefined
    slash = next
  }
}
