/** Where the control device is and how to speak to it: from `login`'s file, each part overridden by the environment. */
import { chmod, mkdir, readFile, rename, stat, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { z } from "zod/mini";
import { exit } from "./exit.ts";
import { CliError } from "./failure.ts";
import type { Io } from "./io.ts";
