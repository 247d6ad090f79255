import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { InfrastructureResult } from './infrastructure.ts'
import type { Measure } from './measure.ts'
import type { PathsResult } from './paths.ts'

/** Where results are kept, and the page and plot that are made from them. */
export const BENCHMARK = join(import.meta.dirname, '../docs/benchmark')

/** A state of `workloads` workloads: Ringfence, and what it takes to read and parse the same files once. */
export interface ClusterResult {
  readonly workloads: number
  readonly files: number
  readonly review: Measure
  readonly reviewReference: Measure
  readonly list: Measure
  readonly listReference: Measure
}

/** A repository of many small folders: a change of a policy, one that cannot touch the network, and reading all of it once. */
export interface RepositoryResult {
  readonly files: number
  readonly reference: Measure
  readonly review: Measure
  readonly silent: Measure
}

export interface Results {
  readonly node: string
  readonly clusters: readonly ClusterResult[]
  readonly repository: RepositoryResult | undefined
  readonly paths: readonly PathsResult[]
  readonly infrastructure: InfrastructureResult | undefined
}

const NO_RESULTS: Results = {
  node: process.version,
  clusters: [],
  repository: undefined,
  paths: [],
  infrastructure: undefined,
}

export function readResults(): Results {
  try {
    return { ...NO_RESULTS, ...(JSON.parse(readFileSync(FILE, 'utf8')) as Partial<Results>) }
  } catch {
    return NO_RESULTS
  }
}

export function writeResults(results: Results): void {
  writeFileSync(
    FILE,
    `${JSON.stringify(results, (_, value) => (typeof value === 'number' ? Math.round(value * 100) / 100 : value), 2)}\n`,
  )
}

const FILE = join(BENCHMARK, 'results.json')
