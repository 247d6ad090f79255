// `node model.mjs changed|all BASE HEAD`: reads, evaluates and models both versions as a review does, without comparison, rules and patches.
import { analysePair } from './build/analyse.js'
import { EMPTY_CONFIG } from './build/config/config.js'
import { carryOver } from './build/parse/carry-over.js'
import { ParseCache } from './build/parse/front-end.js'
import { withLaterPlans } from './build/parse/planned/later-plans.js'
import { parseTree } from './build/parse/units.js'
import { openTree } from './build/source/open-tree.js'

const [which, ...folders] = process.argv.slice(2)
const [base, head] = folders.map((folder) => openTree(folder))
const cache = new ParseCache()
const before = parseTree(withLaterPlans(base, head), { cache })
const { tree: after } = carryOver(before, parseTree(head, { cache }))
// What is evaluated on demand is asked for here: facts of every kind, on both sides.
let facts = 0
for (const pair of analysePair(before, after, EMPTY_CONFIG)) {
  if (which === 'changed' && !pair.changed) continue
  for (const { network } of [pair.base, pair.head]) {
    for (const set of Object.values(network.azure)) facts += (set.all ?? set.objects ?? set).length
  }
}
if (facts === 0) throw new Error('nothing was modelled')
console.log(facts)
