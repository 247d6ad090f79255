import type { StateView } from '../../compare/state-view.ts'
import type { Intent, Selection } from '../../config/intent.ts'
import { type Workload, workloadName } from '../../model/kubernetes/workload.ts'
import { places } from '../../reach/azure/places.ts'
import { askAzure, linkedCluster, siteOf } from '../facts/azure-site.ts'
import { listNames } from '../hits/listing.ts'
import { forbiddenRegion, perhapsOutside, reachedOutside, samplePlace } from './egress.ts'
import { namedSources, namedTargets } from './ends.ts'
import { isCutShort, MOST_QUESTIONS, viaQuestion } from './hosts.ts'
import { isInState, outsidePlaces, selectWorkloads } from './scope.ts'

/** Workloads asked for whether an intent could be judged; one that could not is enough to say so. */
const MOST_ASKED = 30

/**
 * What could not be judged of the intents of the configuration: sentences for the coverage of a report. An intent that means nothing of the
 * tree, or hangs on what is not known, must not look like one that holds. `judged` are the states that were looked at.
 */
export function intentNotes(
  intents: readonly Intent[],
  views: readonly StateView[],
  judged: readonly StateView[] = views,
): readonly string[] {
  return intents.flatMap((intent) =>
    [noteOf(intent, views, judged), cutShortNote(intent, judged), anyNote(intent, views)].flatMap((note) =>
      note === undefined ? [] : [`Intent "${intent.name}" ${note}`],
    ),
  )
}

/** What is asked packet by packet has a bound, and what lies behind it was not looked at. */
function cutShortNote(intent: Intent, judged: readonly StateView[]): string | undefined {
  const view = judged.find((one) => isInState(intent.from, one) && isInState(intent.to, one) && isCutShort(one, intent))
  if (view === undefined) return undefined
  const state = view.name === '' ? '' : ` in state ${view.name}`
  return `asks more than ${MOST_QUESTIONS} questions about nodes, subnets, addresses and API servers${state}: the first ${MOST_QUESTIONS} were asked. Name its ends more closely.`
}

/** "any" is every workload and every place outside; what the cluster itself is made of must be named. */
function anyNote({ from, to }: Intent, views: readonly StateView[]): string | undefined {
  const sides = [...(isAny(from) ? ['"from"'] : []), ...(isAny(to) ? ['"to"'] : [])]
  if (sides.length === 0) return undefined
  const hasNodes = views.some(
    (view) => isInState(from, view) && isInState(to, view) && siteOf(view).azure.clusters.all.length > 0,
  )
  return hasNodes
    ? `means by any in ${listNames(sides)} workloads and places outside, and neither nodes nor API servers: name those (nodes, api-server) to have them checked.`
    : undefined
}

function isAny({ peer, labels }: Selection): boolean {
  return peer.kind === 'any' && labels.size === 0
}

function noteOf(intent: Intent, views: readonly StateView[], judged: readonly StateView[]): string | undefined {
  const own = views.filter((view) => isInState(intent.from, view) && isInState(intent.to, view))
  if (own.length === 0) return 'is for no state of this tree and was not checked.'
  for (const side of ['from', 'to'] as const) {
    if (!own.some((view) => meansSomething(intent[side], view, side)))
      return `was not checked: nothing here is what its "${side}" names (${textOf(intent[side])}).`
  }
  const looked = own.filter((view) => judged.includes(view))
  if (intent.expect.kind === 'via') return viaNote(intent, looked)
  const open = looked.flatMap((view) => undecided(intent, view)).slice(0, 3)
  return open.length === 0 ? undefined : `is not certain to hold: ${listNames(open)}.`
}

/** Whether one side of an intent means anything of a state: a workload, an end of the Azure code, or a place outside. */
function meansSomething(selection: Selection, view: StateView, side: 'from' | 'to'): boolean {
  const { peer } = selection
  if (selectWorkloads(selection, view).length > 0) return true
  if (selection.labels.size > 0) return false
  if (peer.kind === 'name' && peer.glob.matches('metadata')) return side === 'to'
  if (side === 'to') return namedTargets(peer, view).length > 0 || !places.isEmpty(outsidePlaces(peer, view))
  // A name has no packets of its own, and what the API server opens is not modelled.
  if (peer.kind === 'internet' || peer.kind === 'any' || peer.kind === 'outside') return true
  return namedSources(peer, view).length > 0
}

function textOf({ peer, labels }: Selection): string {
  const more = [...labels].map(([key, value]) => `${key}=${value}`)
  return [peer.text, ...more].join(' ')
}

function viaNote(intent: Intent, views: readonly StateView[]): string | undefined {
  for (const view of views) {
    const workloads = selectWorkloads(intent.from, view)
    if (workloads.length === 0) continue
    const state = view.name === '' ? '' : ` in state ${view.name}`
    if (linkedCluster(view) === undefined)
      return `could not be checked${state}: the Azure code of the cluster is not known, so the way out is not.`
    const question = viaQuestion(view, intent)
    for (const workload of question === undefined ? [] : workloads.slice(0, MOST_ASKED)) {
      const outcome = askAzure(view, { from: workloadName(workload), ...question! })
      const step = outcome.steps.find(({ answer }) => answer === 'unknown')
      const passes = outcome.steps.some(({ layer }) => layer === 'firewall')
      if (outcome.answer === 'unknown' && !passes)
        return `could not be decided${state} for ${workloadName(workload)}${step === undefined ? '' : `: ${step.rule}`}.`
    }
  }
  return undefined
}

/** Workloads that perhaps reach what they must not, and not for certain. */
function undecided(intent: Intent, view: StateView): readonly string[] {
  if (intent.expect.kind === 'allow-only-from') return []
  const forbidden = forbiddenRegion(intent, view)
  if (forbidden.length === 0) return []
  const isOpen = (workload: Workload) => {
    if (reachedOutside(view, workload, forbidden).length > 0) return undefined
    return samplePlace(perhapsOutside(view, workload, forbidden))?.to
  }
  const found: string[] = []
  for (const workload of selectWorkloads(intent.from, view).slice(0, MOST_ASKED)) {
    const to = isOpen(workload)
    if (to !== undefined) found.push(`${workloadName(workload)} may reach ${to === 'internet' ? 'the internet' : to}`)
  }
  return found
}
