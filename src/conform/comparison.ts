/** One field of an operation: what the kernel answered and what the model does, or why they are not compared. */
export type Comparison =
  | { readonly field: string; readonly kernel: unknown; readonly model: unknown; readonly why?: undefined }
  | { readonly field: string; readonly why: string };
