/** Of this software, as it shows itself. */
export const VERSION = "0.1.0";
