import type { Edit } from '../../base/edit.ts'
import type { AzureObject } from '../../model/azure/azure-object.ts'
import { originOf } from '../../model/azure/azure-objects.ts'
import { findBlock, removeBlock, withComment } from './hcl-block.ts'
import { removeItem } from './list-items.ts'
import { cutParagraph, lineStart, nextLine, syntaxOf } from './literal.ts'

/**
 * Takes a resource, or a part of one that is written as a block or an item of its own, out of its file. Undefined where it is made by
 * a loop or comes from a variable: others would go with it, or the edit would not be here.
 */
export function removeResource(object: AzureObject): readonly Edit[] | undefined {
  const origin = originOf(object)
  const { source, start, end } = origin
  const { text, path } = source
  if (origin.from !== undefined || (!object.inline && /\[[^\]]*\]$/.test(object.resource.address))) return undefined
  switch (syntaxOf(path)) {
    case 'hcl':
      return findBlock(origin)?.type === 'content' ? undefined : removeBlock(origin)
    case 'json':
      return text[start] === '{' ? removeItem(origin) : undefined
    case 'bicep': {
      if (text[start] === '{') return object.inline ? removeItem(origin) : undefined
      const line = lineStart(text, start)
      const isLoop = /^[^{]*=\s*\[/.test(text.slice(start, Math.min(end, start + 2000)))
      if (text.slice(line, start).trim() !== '' || isLoop) return undefined
      return [{ path, ...cutParagraph(text, withDecorators(text, line), nextLine(text, end)), text: '' }]
    }
    case undefined:
      return undefined
  }
}

/** Start of the decorators and comments directly above a line. */
function withDecorators(text: string, line: number): number {
  let start = withComment(text, line)
  for (;;) {
    const above = lineStart(text, start - 1)
    if (above >= start || !/^[ \t]*@/.test(text.slice(above, start))) return start
    start = withComment(text, above)
  }
}
