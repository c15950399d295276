/** What a JSON column holds. */
export type Json = null | boolean | number | string | Json[] | { [name: string]: Json | undefined }
