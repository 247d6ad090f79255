import { get, type MapValue } from '../../base/value.ts'
import type { ArmResource } from './arm-resource.ts'
import { applyScopeFunction, type DeploymentScope, entryScope, type ScopeLevel } from './deployment-scope.ts'
import { evaluateJson } from './json-value.ts'
import { argumentsOf } from './parameter-file.ts'
import { type Arguments, NO_ARGUMENTS } from './rendered.ts'
import type { Scope } from './scope.ts'
import { textParts } from './text.ts'
import { derive, entryOf, isLazy, unknown } from './values.ts'

/** The level that a template is deployed to, from its schema. */
export function templateLevel(template: MapValue): ScopeLevel {
  const schema = get(template, '$schema')
  const text = schema?.kind === 'scalar' ? String(schema.value).toLowerCase() : ''
  if (text.includes('subscriptiondeploymenttemplate')) return 'subscription'
  if (text.includes('managementgroupdeploymenttemplate')) return 'managementGroup'
  return text.includes('tenantdeploymenttemplate') ? 'tenant' : 'resourceGroup'
}

/** The parameters of a nested deployment, each evaluated in the template around it when it is asked for. */
export function argumentsOfDeployment(properties: MapValue, scope: Scope): Arguments {
  const parameters = entryOf(properties, 'parameters')?.value
  if (parameters === undefined) {
    const link = entryOf(properties, 'parametersLink')?.value
    return link === undefined
      ? NO_ARGUMENTS
      : () => unknown('not-followed', 'the parameter file is linked', link.origin)
  }
  if (parameters.kind !== 'map') {
    const whole = evaluateJson(parameters, scope)
    return whole.kind === 'map' ? argumentsOf(whole) : () => derive(whole, parameters.origin)
  }
  return (name) => {
    const entry = entryOf(parameters, name)?.value
    if (entry === undefined) return undefined
    return argumentsOf({ ...parameters, entries: new Map([[name, { value: evaluateJson(entry, scope) }]]) })(name)
  }
}

/** Where a nested deployment goes: to its `subscriptionId` and `resourceGroup`, or where this template goes. */
export function scopeOfDeployment(
  { json, scope }: ArmResource,
  template: MapValue,
  outer: DeploymentScope,
): DeploymentScope {
  const origin = json.origin
  const group = entryOf(json, 'resourceGroup')?.value
  const subscription = entryOf(json, 'subscriptionId')?.value
  if (group === undefined && subscription === undefined) {
    const level = templateLevel(template)
    return level === outer.level ? outer : entryScope(level, origin)
  }
  const groupArguments = [subscription, group].flatMap((one) => (one === undefined ? [] : [evaluateJson(one, scope)]))
  const name = group === undefined ? 'subscription' : 'resourcegroup'
  const target = applyScopeFunction(name, () => groupArguments, outer, origin)
  const id = target !== undefined && isLazy(target) ? target.member('id', origin, false) : undefined
  if (id === undefined) return outer
  return { level: group === undefined ? 'subscription' : 'resourceGroup', id: textParts(id) }
}
