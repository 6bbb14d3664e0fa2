import { Help, type Option } from 'commander';

/** As commander describes an option, but for a default that is an empty list, which tells nobody anything. */
export function optionDescription(option: Option): string {
  const isEmptyList = Array.isArray(option.defaultValue) && option.defaultValue.length === 0;
  return isEmptyList ? option.description : new Help().optionDescription(option);
}
