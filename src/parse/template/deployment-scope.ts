import type { Origin } from '../../base/origin.ts'
import type { Value } from '../../base/value.ts'
import { cloudEnvironment } from './cloud.ts'
import { resourceId } from './resource-id.ts'
import { knownText, splitId, type TextPart, textParts, toText } from './text.ts'
import { derive, failure, isLazy, type LazyObject, scalar, unknown } from './values.ts'

export type ScopeLevel = 'tenant' | 'managementGroup' | 'subscription' | 'resourceGroup'

/** What a template is deployed to. */
export interface DeploymentScope {
  readonly level: ScopeLevel
  /** Its id, as far as it is known; empty for the tenant. */
  readonly id: readonly TextPart[]
}

/** The scope of an entry template: which subscription and group is for the deployment to say. */
export function entryScope(level: ScopeLevel, origin: Origin): DeploymentScope {
  const open = (what: string) => unknown('deployment-context', `the ${what} is set by the deployment`, origin)
  switch (level) {
    case 'tenant':
      return { level, id: [] }
    case 'managementGroup':
      return { level, id: ['/providers/Microsoft.Management/managementGroups/', open('management group')] }
    case 'subscription':
      return { level, id: ['/subscriptions/', open('subscription')] }
    case 'resourceGroup':
      return { level, id: ['/subscriptions/', open('subscription'), '/resourceGroups/', open('resource group')] }
  }
}

/** The scope that an id names: a group, a subscription, or a resource (for extensions of it). */
export function scopeOfId(id: Value): DeploymentScope {
  const parts = textParts(id)
  const segments = splitId(parts, id.origin)?.map((segment) => knownText(textParts(segment))?.toLowerCase()) ?? []
  const level = segments.includes('resourcegroups')
    ? 'resourceGroup'
    : segments[1] === 'subscriptions'
      ? 'subscription'
      : segments.includes('managementgroups')
        ? 'managementGroup'
        : 'tenant'
  return { level, id: parts }
}

/** The id of the value of a `scope` property; undefined where it has none that can be told. */
export function idOfScope(value: Value, origin: Origin): Value | undefined {
  if (isLazy(value)) return value.member('id', origin, false)
  return value.kind === 'scalar' && typeof value.value !== 'string' ? undefined : value
}

/** Id of the subscription that a scope is or lies in. */
function subscriptionOf(scope: DeploymentScope, origin: Origin): readonly TextPart[] {
  const subscription = splitId(scope.id, origin)?.[2]
  return subscription === undefined || scope.level === 'tenant' || scope.level === 'managementGroup'
    ? entryScope('subscription', origin).id
    : ['/subscriptions/', ...textParts(subscription)]
}

/** Id of a group, or of a subscription where no group is named; what is not named is that of the scope. */
export function scopeAt(
  scope: DeploymentScope,
  subscription: Value | undefined,
  group: Value | undefined,
  origin: Origin,
): readonly TextPart[] {
  const outer =
    subscription === undefined ? subscriptionOf(scope, origin) : ['/subscriptions/', ...textParts(subscription)]
  return group === undefined ? outer : [...outer, '/resourceGroups/', ...textParts(group)]
}

/** Id of the resource group that a scope is; elsewhere that of an unknown one. */
function groupOf(scope: DeploymentScope, origin: Origin): readonly TextPart[] {
  return scope.level === 'resourceGroup' ? scope.id : entryScope('resourceGroup', origin).id
}

/**
 * A function that reads where the template is deployed, or that makes ids there; undefined for all others. Names ignore case.
 * Source: learn.microsoft.com/azure/azure-resource-manager/templates/template-functions-deployment, -resource, -scope
 */
export function applyScopeFunction(
  called: string,
  values: () => readonly Value[],
  scope: DeploymentScope,
  origin: Origin,
): Value | undefined {
  const name = called.toLowerCase()
  switch (name) {
    case 'resourcegroup':
      return resourceGroupObject(values(), scope, origin)
    case 'subscription':
      return subscriptionObject(values(), scope, origin)
    case 'managementgroup':
      return managementGroupObject(values(), origin)
    case 'tenant':
      return lazy('tenant', origin, (member, at) => (member === 'id' ? scalar('/', at) : undefined))
    case 'deployment':
    case 'deployer':
      return lazy(name, origin, () => undefined)
    case 'environment':
      return cloudEnvironment(origin)
    case 'resourceid':
      return idFunction(values(), (rest) => resourceScope(rest, scope, origin), origin)
    case 'subscriptionresourceid':
      return idFunction(
        values(),
        ([subscription]) =>
          subscription === undefined ? subscriptionOf(scope, origin) : ['/subscriptions/', ...textParts(subscription)],
        origin,
      )
    case 'tenantresourceid':
      return idFunction(values(), () => [], origin)
    case 'managementgroupresourceid':
      return idFunction(
        values(),
        ([group]) =>
          group === undefined
            ? entryScope('managementGroup', origin).id
            : ['/providers/Microsoft.Management/managementGroups/', ...textParts(group)],
        origin,
      )
    case 'extensionresourceid': {
      const [base, type, ...names] = values()
      if (base === undefined || type === undefined) return failure('wrong arguments of extensionResourceId()', origin)
      const text = knownText(textParts(type))
      return text === undefined ? derive(type, origin) : resourceId(textParts(base), text, names, origin)
    }
    case 'reference':
    case 'references':
    case 'providers':
    case 'pickzones':
    case 'getsecret':
    case 'tologicalzone':
    case 'tologicalzones':
    case 'tophysicalzone':
    case 'tophysicalzones':
      return unknown('runtime-function', `${called}() is answered by Azure`, origin)
    default:
      return name.startsWith('list')
        ? unknown('runtime-function', `${called}() is answered by Azure`, origin)
        : undefined
  }
}

/** Finds the type among the arguments: the one whose parts fit the names that follow it. What stands before it is the scope. */
function idFunction(
  values: readonly Value[],
  scopeOf: (rest: readonly Value[]) => readonly TextPart[],
  origin: Origin,
): Value {
  for (const [i, value] of values.entries()) {
    const type = knownText(textParts(value))
    if (type === undefined || !type.includes('/')) continue
    // A name may hold a slash; the type is the first argument whose namespace has a dot.
    if (type.split('/').length - 1 !== values.length - 1 - i && !type.slice(0, type.indexOf('/')).includes('.'))
      continue
    return resourceId(scopeOf(values.slice(0, i)), type, values.slice(i + 1), origin)
  }
  const unclear = values.find((value) => knownText(textParts(value)) === undefined)
  return unclear === undefined ? failure('an id without a resource type', origin) : derive(unclear, origin)
}

function resourceScope(rest: readonly Value[], scope: DeploymentScope, origin: Origin): readonly TextPart[] {
  const [first, second] = rest
  if (first === undefined) return scope.level === 'managementGroup' ? [] : scope.id
  if (second !== undefined) return ['/subscriptions/', ...textParts(first), '/resourceGroups/', ...textParts(second)]
  const subscription = subscriptionOf(scope, origin)
  // One argument is a group, except where templates have none.
  return scope.level === 'subscription'
    ? ['/subscriptions/', ...textParts(first)]
    : [...subscription, '/resourceGroups/', ...textParts(first)]
}

function resourceGroupObject(values: readonly Value[], scope: DeploymentScope, origin: Origin): Value {
  const [first, second] = values
  const id =
    first === undefined
      ? groupOf(scope, origin)
      : second === undefined
        ? [...subscriptionOf(scope, origin), '/resourceGroups/', ...textParts(first)]
        : ['/subscriptions/', ...textParts(first), '/resourceGroups/', ...textParts(second)]
  return lazy('resourceGroup', origin, (member, at) => {
    if (member === 'id') return toText(id, at)
    if (member === 'name') return toText(textParts(splitId(id, at)?.[4] ?? open('resourceGroup', member, at)), at)
    if (member === 'type') return scalar('Microsoft.Resources/resourceGroups', at)
    return undefined
  })
}

function subscriptionObject(values: readonly Value[], scope: DeploymentScope, origin: Origin): Value {
  const id = values[0] === undefined ? subscriptionOf(scope, origin) : ['/subscriptions/', ...textParts(values[0])]
  return lazy('subscription', origin, (member, at) => {
    if (member === 'id') return toText(id, at)
    if (member === 'subscriptionid') {
      return toText(textParts(splitId(id, at)?.[2] ?? open('subscription', member, at)), at)
    }
    return undefined
  })
}

function managementGroupObject(values: readonly Value[], origin: Origin): Value {
  const [name] = values
  return lazy('managementGroup', origin, (member, at) => {
    if (name !== undefined && member === 'name') return name
    if (name !== undefined && member === 'id') {
      return toText(['/providers/Microsoft.Management/managementGroups/', ...textParts(name)], at)
    }
    return undefined
  })
}

/** An object whose members the deployment sets, except for those that `member` knows by their names in lower case. */
function lazy(what: string, origin: Origin, member: (name: string, at: Origin) => Value | undefined): LazyObject {
  return {
    ...open(what, '', origin),
    member: (name, at) => member(name.toLowerCase(), at) ?? open(what, name, at),
  }
}

function open(what: string, member: string, origin: Origin) {
  const call = member === '' ? `${what}()` : `${what}().${member}`
  return unknown('deployment-context', `${call} is set by the deployment`, origin)
}
