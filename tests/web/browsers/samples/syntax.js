export const found = /[\p{L}--[a-z]]/v; // missing
