import type { Edit } from '../../base/edit.ts'
import { type Origin, writtenText } from '../../base/origin.ts'
import type { StateView } from '../../compare/state-view.ts'
import type { Resource } from '../../parse/resource.ts'
import { lineBreakOf, replacement, syntaxOf } from './literal.ts'

/**
 * The resource as the base wrote it: in the place of what the head has under its address, or at the end of its file where the head has
 * none. Undefined where the head says the same, or the file is gone.
 */
export function restoreResource(before: StateView, head: StateView, origin: Origin): readonly Edit[] | undefined {
  const was = resourceAround(before, origin)
  if (was === undefined || was.origin.from !== undefined) return undefined
  const { source, start, end } = was.origin
  const text = source.text.slice(start, end)
  const now = head.resources.find(
    ({ address, unit, origin: place }) =>
      head.identity(address) === was.address && unit.path === was.unit.path && place.source.path === source.path,
  )
  if (now !== undefined) {
    const present = writtenText(now.origin)
    return present === text ? undefined : [replacement(now.origin, text)]
  }
  const file = head.resources.find((other) => other.origin.source.path === source.path)?.origin.source
  const syntax = syntaxOf(source.path)
  if (file === undefined || (syntax !== 'hcl' && syntax !== 'bicep') || text.startsWith('{')) return undefined
  const lineBreak = lineBreakOf(file.text)
  const gap = file.text.endsWith('\n') ? lineBreak : `${lineBreak}${lineBreak}`
  return [{ path: file.path, start: file.text.length, end: file.text.length, text: `${gap}${text}${lineBreak}` }]
}

/** The innermost resource that holds a place. */
function resourceAround({ resources }: StateView, place: Origin): Resource | undefined {
  let found: Resource | undefined
  for (const resource of resources) {
    const { source, start, end } = resource.origin
    if (source.path !== place.source.path || start > place.start || end < place.end) continue
    if (found === undefined || end - start < found.origin.end - found.origin.start) found = resource
  }
  return found
}
