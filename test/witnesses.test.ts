import { globSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import { listCases, reviewCase } from '../scripts/case-review.ts'
import { audit } from '../src/audit.ts'
import { EMPTY_CONFIG } from '../src/config/config.ts'
import { effectiveOptions } from '../src/config/options.ts'
import { review } from '../src/review.ts'
import type { Finding } from '../src/rules/finding.ts'
import { mutateState } from './reference/mutate-state.ts'
import { randomState } from './reference/random-state.ts'
import { readState } from './reference/read-state.ts'
import { type Replay, replay } from './reference/replay.ts'
import { languageOf, writeState } from './reference/write-state.ts'
import type { Row } from './rule-table.ts'
import { memoryTree } from './source/memory-tree.ts'

/**
 * Every witness that a review shows is asked of the reference evaluator: in the head, and where the finding is new, in the base. Random
 * pairs: `RINGFENCE_PAIRS=5000 RINGFENCE_SEED=1 npx vitest run test/witnesses`.
 */
const PAIRS = Number(process.env['RINGFENCE_PAIRS'] ?? 100)
const FIRST_SEED = Number(process.env['RINGFENCE_SEED'] ?? 1)

/**
 * What the reference does not walk, by what it is, with the most witnesses of cases and tables that may hang on it: a reader that gives up
 * more often is noticed here.
 */
const NOT_ASKED: Readonly<Record<string, number>> = {
  // Policies of other kinds have conformance tables of their own, and plain walks in test/property.
  'AdminNetworkPolicy of others than pods': 15,
  'BaselineAdminNetworkPolicy of others than pods': 5,
  ClusterNetworkPolicy: 12,
  CiliumNetworkPolicy: 10,
  GlobalNetworkPolicy: 5,
  // Nobody but that controller knows what it does.
  'a load balancer of another controller': 2,
  // The reader of manifests reads no HCL.
  'Kubernetes objects in Terraform': 2,
  // Gateways and what is on their other side have conformance rows.
  'network gateways': 1,
  // Networks and gateways that AKS makes itself have conformance rows.
  'outbound type managedNATGateway': 1,
  'pools in a network that AKS makes': 5,
  // Lists whose items only a deployment knows.
  'a list that is not known': 2,
  // Whether nodes have link-local addresses: the reference says no, the engine does not know.
  'not-decided': 1,
}

/** Witnesses of cases and tables that must be asked at the least. */
const LEAST_ASKED = 420

const ROOT = join(import.meta.dirname, '..')
const COMMON = { config: EMPTY_CONFIG, options: effectiveOptions({}, EMPTY_CONFIG.options), today: '2026-01-01' }

type Files = Readonly<Record<string, string>>

interface Told {
  readonly where: string
  readonly replayed: Replay
}

/** What the reference says of each finding that has a witness. */
function replayAll(where: string, findings: readonly Finding[], base: Files | undefined, head: Files): readonly Told[] {
  const witnessed = findings.filter(({ witness }) => witness !== undefined)
  if (witnessed.length === 0) return []
  const [was, is] = [base && readState(base), readState(head)]
  return witnessed.map((finding): Told => {
    const unread = [was, is].find((state) => typeof state === 'string')
    if (typeof unread === 'string') return { where, replayed: { kind: 'not-asked', why: unread } }
    return {
      where,
      replayed: replay({ finding, base: was as Exclude<typeof was, string>, head: is as Exclude<typeof is, string> }),
    }
  })
}

function wrongOnes(told: readonly Told[]): readonly string[] {
  return told.flatMap(({ where, replayed }) => (replayed.kind === 'wrong' ? [`${where}: ${replayed.why}`] : []))
}

function reviewFiles(base: Files, head: Files): readonly Finding[] {
  return review({ base: memoryTree(base), head: memoryTree(head), ...COMMON }).findings
}

describe('witnesses of cases, examples and the tables of rules', () => {
  const told: Told[] = []

  beforeAll(async () => {
    for (const each of listCases()) {
      const [base, head] = [filesIn(join(each.folder, 'before')), filesIn(join(each.folder, 'after'))]
      told.push(...replayAll(each.name, reviewCase(each).findings, base, head))
    }
    for (const { rule, what, row } of await rowsOfTables()) {
      const [base, head] = [row.base === undefined ? undefined : toFiles(row.base), toFiles(row.head)]
      const findings =
        base === undefined ? audit({ tree: memoryTree(head), ...COMMON }).findings : reviewFiles(base, head)
      told.push(...replayAll(`${rule}: ${what}`, findings, base, head))
    }
  }, 60_000)

  it('are what the reference says', () => {
    expect(wrongOnes(told).join('\n')).toBe('')
  })

  it('are nearly all asked, and the others are known by kind', () => {
    const left = new Map<string, number>()
    for (const { replayed } of told) {
      if (replayed.kind === 'agrees') continue
      const kind = replayed.kind === 'not-asked' ? replayed.why : replayed.kind
      left.set(kind, (left.get(kind) ?? 0) + 1)
    }
    const tooMany = [...left].filter(([kind, count]) => count > (NOT_ASKED[kind] ?? 0))
    expect(tooMany.map(([kind, count]) => `${kind}: ${count}`)).toEqual([])
    expect(told.filter(({ replayed }) => replayed.kind === 'agrees').length).toBeGreaterThanOrEqual(LEAST_ASKED)
  })
})

describe('witnesses of random changes', () => {
  it(
    `are what the reference says, in ${PAIRS} pairs of states`,
    () => {
      const told: Told[] = []
      for (let seed = FIRST_SEED; seed < FIRST_SEED + PAIRS; seed++) {
        const base = randomState(seed)
        const head = mutateState(base, seed)
        const language = languageOf(seed)
        const findings = reviewFiles(writeState(base, language), writeState(head, language))
        for (const finding of findings.filter(({ witness }) => witness !== undefined)) {
          told.push({ where: `seed ${seed} (${language})`, replayed: replay({ finding, base, head }) })
        }
      }
      expect(wrongOnes(told).join('\n')).toBe('')
      const asked = told.filter(({ replayed }) => replayed.kind === 'agrees').length
      expect(asked).toBeGreaterThan(told.length * 0.97)
      expect(asked).toBeGreaterThan(PAIRS)
    },
    60_000 + PAIRS * 200,
  )
})

function toFiles(files: Row['head']): Files {
  return typeof files === 'string' ? { 'app.yaml': files } : files
}

function filesIn(folder: string): Files {
  const paths = globSync('**/*', { cwd: folder }).filter((path) => statSync(join(folder, path)).isFile())
  return Object.fromEntries(paths.map((path) => [path, readFileSync(join(folder, path), 'utf8')]))
}

interface TableRow {
  readonly rule: string
  readonly what: string
  readonly row: Row
}

/** The rows of every `finds` in the tests of rules: their files are loaded with a table that only takes notes. */
async function rowsOfTables(): Promise<readonly TableRow[]> {
  const rows: TableRow[] = []
  const nothing = Object.assign(() => {}, { each: () => () => {} })
  const group = Object.assign((_: string, run: () => void) => run(), { each: () => () => {} })
  vi.doMock('vitest', () => ({ describe: group, it: nothing, test: nothing, expect: nothing, vi }))
  vi.doMock('./rule-table.ts', () => ({
    finds: (rule: { readonly id: string }, what: string, row: Row) => rows.push({ rule: rule.id, what, row }),
    silent: nothing,
  }))
  for (const path of globSync(['src/rules/**/*.test.ts', 'test/*.test.ts'], { cwd: ROOT }).sort()) {
    const text = readFileSync(join(ROOT, path), 'utf8')
    if (text.includes('rule-table.ts') && !text.includes('rowsOfTables')) await import(join(ROOT, path))
  }
  vi.doUnmock('vitest')
  vi.doUnmock('./rule-table.ts')
  return rows
}
