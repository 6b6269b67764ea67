/** `alerts.yaml`: where the control device tells of troubles, as its administrator writes it. Secrets stand in files of their own. */
import { z } from "zod";
import { closed, nameText } from "./fields.ts";

/** Webhooks of one control device. */
const WEBHOOKS_MAX = 20;
/** Receivers of the mail. */
const RECEIVERS_MAX = 50;
const TEXT_CHARS_MAX = 1000;

const fileText = z.string().min(1, "must name a file").max(TEXT_CHARS_MAX);
const mailText = z
  .string()
  .max(TEXT_CHARS_MAX)
  .regex(/^[^\s@<>,;]+@[^\s@<>,;]+$/, "is no mail address; write it as ops@example.org");

const urlText = z
  .string()
  .max(TEXT_CHARS_MAX)
  .regex(/^https?:\/\/[^\s/]+(\/\S*)?$/i, "is no http or https address; write it as https://host/path")
  .regex(/^[^/]*\/\/[^/@]*(\/|$)/, "must hold no password; a secret stands in the file of secretFile");

const webhook = closed({
  /** Stays when the address changes: what waits for it is known by it. */
  name: nameText,
  url: urlText,
  /** Signs each message. */
  secretFile: fileText,
});

const mail = closed({
  host: z.string().min(1, "must name the mail server").max(TEXT_CHARS_MAX),
  port: z.number().int().min(1).max(65_535),
  /** Without it mails could go in the clear unnoticed: no default. */
  tls: z.enum(["implicit", "starttls", "none"], "must be implicit, starttls or none"),
  from: mailText,
  to: z.array(mailText).min(1, "must name somebody").max(RECEIVERS_MAX),
  userFile: fileText.optional(),
  passwordFile: fileText.optional(),
}).superRefine((given, context) => {
  const issue = (path: string, message: string) =>
    context.addIssue({ code: "custom", path: [path], message });
  if ((given.userFile === undefined) !== (given.passwordFile === undefined))
    issue(
      given.userFile === undefined ? "passwordFile" : "userFile",
      "userFile and passwordFile belong together",
    );
  if (given.tls === "none" && given.passwordFile !== undefined)
    issue("tls", "none would send the password in the clear; use implicit or starttls");
});

export const alertsDocument = closed({
  webhooks: z
    .array(webhook)
    .max(WEBHOOKS_MAX)
    .superRefine((list, context) => {
      for (const [index, { name }] of list.entries())
        if (list.findIndex((one) => one.name === name) < index)
          context.addIssue({
            code: "custom",
            path: [index, "name"],
            message: `the name ${name} occurs twice`,
          });
    })
    .default([]),
  mail: mail.optional(),
});
export type AlertsDocument = z.infer<typeof alertsDocument>;
