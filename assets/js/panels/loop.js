// The case loop: its numbers are bound by their names.

export const stem = "loop";
export const reads = ["cases"];
export const mount = () => ({});
