// `node paths-phases.ts BASE HEAD`: seconds of processor time that one version takes to be read and parsed, and both to be linked and evaluated,
// and then compared.
import { analysePair } from '../src/analyse.ts'
import { diffLayers } from '../src/compare/diff-layers.ts'
import { effectiveEgress } from '../src/compare/effective-egress.ts'
import { EMPTY_CONFIG } from '../src/config/config.ts'
import { ParseCache } from '../src/parse/front-end.ts'
import { makeAll } from '../src/parse/late-entry.ts'
import { type ParsedTree, parseTree } from '../src/parse/units.ts'
import { openTree } from '../src/source/open-tree.ts'

const seconds = (): number => {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1e6
}
const [base, head] = process.argv.slice(2)
const cache = new ParseCache()
const start = seconds()
/** Terraform is evaluated when a value is first asked for, which is a part of parsing. */
const parse = (folder: string): ParsedTree => {
  const tree = parseTree(openTree(folder), { cache })
  for (const { resources } of tree.units) for (const { value } of resources) makeAll(value)
  return tree
}
const before = parse(base!)
const parsed = seconds()
const after = parse(head!)
const ready = seconds()

let linked = 0
let ways = 0
const pairs = analysePair(before, after, EMPTY_CONFIG)
for (const pair of pairs) {
  for (const view of [pair.base, pair.head]) {
    const { link } = view
    if (link?.kind !== 'linked') continue
    linked++
    // Every workload of both versions, also of states that the change leaves as they were.
    for (const workload of view.network.kubernetes.workloads) {
      const subject = view.reach.universe.classOf.get(workload.id)
      if (subject !== undefined && effectiveEgress(view, link, subject, workload).all.possible.length > 0) ways++
    }
  }
}
const evaluated = seconds()
const changes = pairs.filter(({ changed }) => changed).flatMap(({ base, head }) => diffLayers(base, head))
console.log(
  JSON.stringify({
    parse: parsed - start,
    evaluate: evaluated - ready,
    compare: seconds() - evaluated,
    linked,
    ways,
    changes: changes.length,
  }),
)
