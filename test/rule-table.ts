import { expect, it } from 'vitest'
import { addressSets, cidr, NO_ADDRESSES } from '../src/algebra/addresses.ts'
import { NO_NAMES } from '../src/algebra/names.ts'
import { analysePair, analyseTree } from '../src/analyse.ts'
import { diffLayers } from '../src/compare/diff-layers.ts'
import type { StateView } from '../src/compare/state-view.ts'
import { EMPTY_CONFIG } from '../src/config/config.ts'
import { parseTree } from '../src/parse/units.ts'
import { type AssessedFinding, assess, isNew } from '../src/rules/assess.ts'
import type { Severity, Witness } from '../src/rules/finding.ts'
import { RULES } from '../src/rules/index.ts'
import type { Rule, RuleHit } from '../src/rules/rule.ts'
import type { RuleSettings } from '../src/rules/settings.ts'
import { overlayTree } from '../src/source/overlay.ts'
import type { Tree } from '../src/source/tree.ts'
import { memoryTree } from './source/memory-tree.ts'

/** Texts by path; a text alone is `app.yaml`. */
export type Files = string | Readonly<Record<string, string>>

export interface Row {
  /** The tree before the change; without it the tree is judged by itself. */
  readonly base?: Files
  readonly head: Files
  readonly trusted?: readonly string[]
}

export interface Found extends Row {
  /** File and text of the line, `app.yaml: - to:`, of the one finding; of several, all of them. */
  readonly at: string | readonly string[]
  readonly severity?: Severity
  /** `shop/web → internet TCP 443`. */
  readonly witness?: string
  /** Parts of the message that a reader must see. */
  readonly says?: readonly (string | RegExp)[]
  /** The whole text of every file that the patch changes or makes; `none` where there must be no patch. */
  readonly patched?: Files | 'none'
}

/** The rule raises just these findings, and its patch makes the first of them go away and leaves every other character. */
export function finds(rule: Rule, what: string, row: Found): void {
  it(`finds: ${what}`, () => {
    const found = run(rule, row)
    const places = found.map(({ finding: { file, line } }) => {
      const text = filesOf(treeOf(row.head))[file]?.split(/\r?\n/)[line - 1]
      return `${file}: ${text?.trim()}`
    })
    expect(places).toEqual(typeof row.at === 'string' ? [row.at] : row.at)
    const { finding, hit } = found[0]!
    if (row.severity !== undefined) expect(finding.severity).toBe(row.severity)
    if (row.witness !== undefined) {
      expect(printWitness(finding.witness)).toBe(row.witness)
      expect(finding.witness!.path.map(({ verdict }) => verdict)).not.toContain('deny')
    }
    for (const part of row.says ?? []) expect(finding.message).toMatch(part)
    expect(finding.message).not.toMatch(/undefined|\[object/)
    if (row.patched !== undefined) expectPatch(rule, row, hit)
  })
}

/** The rule says nothing above what other findings say already. */
export function silent(rule: Rule, what: string, row: Row): void {
  it(`silent: ${what}`, () => {
    expect(
      run(rule, row).map(({ finding }) => `${finding.status} ${finding.file}:${finding.line} ${finding.message}`),
    ).toEqual([])
  })
}

function expectPatch(rule: Rule, row: Found, { hit, state }: RuleHit): void {
  const tree = treeOf(row.head)
  const view = viewsOf(row, tree).find(({ head }) => head.name === state)!.head
  const proposed = rule.patch?.(hit, view, settingsOf(row))
  if (row.patched === 'none') {
    expect(proposed).toBeUndefined()
    return
  }
  expect(proposed, 'a patch').toBeDefined()
  const edited = overlayTree(tree, proposed!.edit)
  const changed = edited.entries.filter(({ path, id }) => tree.entry(path)?.id !== id).map(({ path }) => path)
  const texts = Object.fromEntries(changed.map((path) => [path, textOf(edited, path)]))
  expect(texts).toEqual(typeof row.patched === 'string' ? { 'app.yaml': row.patched } : row.patched)
  const left = run(rule, { ...row, head: filesOf(edited) })
  expect(left.map((one) => one.hit.hit.subject)).not.toContain(hit.subject)
}

function run(rule: Rule, row: Row): readonly AssessedFinding[] {
  const settings = settingsOf(row)
  const pairs = viewsOf(row, treeOf(row.head))
  const base = pairs.flatMap((pair) => (pair.base === undefined ? [] : check(pair.base, settings)))
  const head = pairs.flatMap(({ base: before, head: after }) => [
    ...check(after, settings),
    ...(before === undefined ? [] : checkChange(before, after, settings)),
  ])
  const findings = assess(
    base,
    head,
    (of, hit) => hit.severity ?? of.meta.severity,
    pairs.map(({ head: { name } }) => name),
  )
  return findings.filter(({ finding }) => finding.rule === rule.id && isNew(finding))
}

function check(view: StateView, settings: RuleSettings): readonly RuleHit[] {
  return RULES.flatMap((rule) =>
    [...(rule.check?.(view, settings) ?? [])].map((hit) => ({ rule, hit, state: view.name })),
  )
}

function checkChange(base: StateView, head: StateView, settings: RuleSettings): readonly RuleHit[] {
  const flows = diffLayers(base, head)
  return RULES.flatMap((rule) =>
    [...(rule.checkChange?.({ base, head, flows }, settings) ?? [])].map((hit) => ({
      rule,
      hit,
      state: head.name,
    })),
  )
}

function viewsOf(row: Row, head: Tree): readonly { readonly base: StateView | undefined; readonly head: StateView }[] {
  const parsed = parseTree(head)
  if (row.base === undefined) return analyseTree(parsed, EMPTY_CONFIG).map((view) => ({ base: undefined, head: view }))
  return analysePair(parseTree(treeOf(row.base)), parsed, EMPTY_CONFIG)
}

function settingsOf({ trusted = [] }: Row): RuleSettings {
  return {
    trusted: trusted.map(cidr).reduce(addressSets.union, NO_ADDRESSES),
    trustedRanges: trusted,
    approved: NO_NAMES,
    today: '2026-01-01',
  }
}

function treeOf(files: Files): Tree {
  return memoryTree(typeof files === 'string' ? { 'app.yaml': files } : files)
}

function filesOf(tree: Tree): Readonly<Record<string, string>> {
  return Object.fromEntries(tree.entries.map(({ path }) => [path, textOf(tree, path)]))
}

function textOf(tree: Tree, path: string): string {
  const read = tree.read(path)
  return read.ok ? read.source.text : ''
}

function printWitness(witness: Witness | undefined): string {
  if (witness === undefined) return 'none'
  const { from, to, protocol, port } = witness.packet
  return `${from} → ${to} ${protocol}${port === undefined ? '' : ` ${port}`}`
}
