// `node model.mjs BUILD BASE HEAD`: reads, evaluates and models both versions as a review does, and stops before comparison and rules.
import { join, resolve } from 'node:path'

const [build, ...folders] = process.argv.slice(2)
const load = (path) => import(join(resolve(build), path))
const { analysePair } = await load('analyse.js')
const { EMPTY_CONFIG } = await load('config/config.js')
const { carryOver } = await load('parse/carry-over.js')
const { ParseCache } = await load('parse/front-end.js')
const { withLaterPlans } = await load('parse/planned/later-plans.js')
const { parseTree } = await load('parse/units.js')
const { openTree } = await load('source/open-tree.js')
const { compareTrees, touchedPaths } = await load('source/compare-trees.js')

const [base, head] = folders.map((folder) => openTree(folder))
touchedPaths(compareTrees(base, head))
const cache = new ParseCache()
const before = parseTree(withLaterPlans(base, head), { cache })
const { tree: after } = carryOver(before, parseTree(head, { cache }))
/** Facts of every kind, in every state of both versions: those that the change leaves as they were are asked for too. */
let facts = 0
const changedOnly = process.env.CHANGED === "1"
for (const pair of analysePair(before, after, EMPTY_CONFIG)) {
  if (changedOnly && !pair.changed) continue
  for (const { network } of [pair.base, pair.head]) {
    for (const set of Object.values(network.azure)) facts += (set.all ?? set.objects ?? set).length
    facts += network.kubernetes.workloads.length
  }
}
console.log(facts)
