import type { StateView } from '../../compare/state-view.ts'
import { originOf } from '../../model/azure/azure-objects.ts'
import { siteOf } from '../facts/azure-site.ts'
import { subjectOf } from '../facts/azure-subject.ts'
import { type WayOut, waysOut } from '../facts/way-out.ts'
import type { ProposedPatch } from '../rule.ts'
import { inPlace } from './one-patch.ts'
import { restoreResource } from './restore-resource.ts'

/** The route or the association that led to a firewall before the change. */
export function restoreWay(view: StateView, way: WayOut): ProposedPatch | undefined {
  const { before } = view
  if (before === undefined) return undefined
  const subject = subjectOf(view, way.subnet.object)
  const was = waysOut(before).find((one) => subjectOf(before, one.subnet.object) === subject)
  if (was === undefined || was.exit.kind === 'unknown' || was.exit.route.kind !== 'user') return undefined
  const { route } = was.exit
  const table = siteOf(before).azure.routeTables.of(was.subnet.routeTable)
  const places = [route.origin, was.subnet.routeTable.origin, table && originOf(table.object)]
  const edits = places.flatMap((place) => (place === undefined ? [] : (restoreResource(before, view, place) ?? [])))
  const distinct = edits.filter(
    (edit, index) =>
      edits.findIndex((other) => other.path === edit.path && other.start === edit.start && other.text === edit.text) ===
      index,
  )
  return inPlace(
    distinct,
    `Restores ${route.label}, which led to ${was.exit.kind === 'firewall' ? 'the firewall' : 'the appliance'} before the change.`,
  )
}
