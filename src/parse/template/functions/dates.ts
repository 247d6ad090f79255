import type { Value } from '../../../base/value.ts'
import { scalar, unknown } from '../values.ts'
import { ofNumbers, ofTexts, type PureFunction, type Site, wrongArguments } from './signature.ts'

/** Functions of dates. Source: learn.microsoft.com/azure/azure-resource-manager/templates/template-functions-date */
export const DATE_FUNCTIONS: Readonly<Record<string, PureFunction>> = {
  datetimeadd: ofTexts(2, ([base, duration, format], site) => {
    const read = readDate(base!)
    if (read === undefined) return unknown('unsupported-function', `the date "${base}" is not read`, site.origin)
    const shifted = addDuration(read.date, duration!)
    return shifted === undefined ? wrongArguments(site) : formatDate(shifted, format ?? read.format, site)
  }),
  datetimefromepoch: ofNumbers(1, ([seconds = 0], site) => formatDate(new Date(seconds * 1000), ISO, site)),
  datetimetoepoch: ofTexts(1, ([text], site) => {
    const read = readDate(text!)
    if (read === undefined) return unknown('unsupported-function', `the date "${text}" is not read`, site.origin)
    return scalar(Math.floor(read.date.getTime() / 1000), site.origin)
  }),
  utcnow: (_, site) => unknown('runtime-function', 'utcNow() is the time of the deployment', site.origin),
}

const ISO = 'yyyy-MM-ddTHH:mm:ssZ'

/** A date in UTC and how it is written, which is how a date made of it is written; undefined for other ways to write one. */
function readDate(text: string): { readonly date: Date; readonly format: string } | undefined {
  const match = /^(\d{4})(-?)(\d\d)\2(\d\d)(?:([T ])(\d\d)(:?)(\d\d)\7(\d\d)Z)?$/.exec(text)
  if (match === null) return undefined
  const [, year, dash, month, day, separator, hour = '00', colon, minute = '00', second = '00'] = match
  const date = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`)
  if (Number.isNaN(date.getTime())) return undefined
  const time = separator === undefined ? '' : `${separator}HH${colon}mm${colon}ssZ`
  return { date, format: `yyyy${dash}MM${dash}dd${time}` }
}

/** ISO 8601 duration added to a date; undefined where it is none. */
function addDuration(date: Date, duration: string): Date | undefined {
  const match = /^([+-])?P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/i.exec(
    duration,
  )
  if (match === null) return undefined
  const sign = match[1] === '-' ? -1 : 1
  const [years, months, weeks, days, hours, minutes, seconds] = match
    .slice(2)
    .map((digits) => sign * Number(digits ?? 0))
  const result = new Date(date)
  result.setUTCFullYear(result.getUTCFullYear() + years!)
  result.setUTCMonth(result.getUTCMonth() + months!)
  result.setUTCDate(result.getUTCDate() + weeks! * 7 + days!)
  result.setTime(result.getTime() + ((hours! * 60 + minutes!) * 60 + seconds!) * 1000)
  return result
}

/** The common .NET formats of numbers alone; others are unknown. */
function formatDate(date: Date, format: string, site: Site): Value {
  if (Number.isNaN(date.getTime())) return wrongArguments(site)
  const pattern = format === 'u' ? 'yyyy-MM-dd HH:mm:ssZ' : format
  if (!/^(?:yyyy|yy|MM|dd|HH|mm|ss|[-:./_ TZ])+$/.test(pattern)) {
    return unknown('unsupported-function', `the date format "${pattern}" is not read`, site.origin)
  }
  const two = (number: number) => String(number).padStart(2, '0')
  const text = pattern.replace(/yyyy|yy|MM|dd|HH|mm|ss/g, (token) => {
    switch (token) {
      case 'yyyy':
        return String(date.getUTCFullYear()).padStart(4, '0')
      case 'yy':
        return two(date.getUTCFullYear() % 100)
      case 'MM':
        return two(date.getUTCMonth() + 1)
      case 'dd':
        return two(date.getUTCDate())
      case 'HH':
        return two(date.getUTCHours())
      case 'mm':
        return two(date.getUTCMinutes())
      default:
        return two(date.getUTCSeconds())
    }
  })
  return scalar(text, site.origin)
}
