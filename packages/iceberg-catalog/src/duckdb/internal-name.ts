/** A column that relations have beside a table's own: its name begins as no column of a user does. */
export const internalName = (label: string): string => `__icecore_7d3e4b1c_${label}`;
