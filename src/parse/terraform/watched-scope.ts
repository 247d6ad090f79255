import { readsFiles } from './functions/index.ts'
import type { Names, Scope } from './scope.ts'

/** A scope that tells whether what was evaluated in it is the same in every module, or why else it would be kept. */
export interface WatchedScope extends Scope {
  /** True once a file was read, or a name resolved that is not `own`. */
  readonly dependsOnModule: () => boolean
}

/** Watches what is evaluated in a scope; `own` is the variable that the result may depend on. */
export function watch(scope: Scope, own?: string): WatchedScope {
  let depends = false
  const names: Names = {
    resolve(node, from) {
      const [first] = node.steps
      if (node.root !== 'var' || first?.kind !== 'attribute' || first.name !== own) depends = true
      return scope.names.resolve(node, from)
    },
  }
  return {
    ...scope,
    names,
    call(name, args, from, origin) {
      if (readsFiles(name)) depends = true
      return scope.call(name, args, from, origin)
    },
    dependsOnModule: () => depends,
  }
}
