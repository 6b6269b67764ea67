/** Every failure leaves as a problem document (RFC 9457); what is not of the catalogue is a defect and shows nothing of itself. */
import { type Problem, PROBLEM_TYPE, problemOf } from "@coeval/contract/api/problem";
import { CoevalError } from "@coeval/core/errors";
import type { Log } from "@coeval/core/ports/log";
import type { FastifyError, FastifyReply } from "fastify";
import type { Api } from "./deps.ts";

export function answerProblems(api: Api, log: Log): void {
  api.setErrorHandler((error: FastifyError | CoevalError, request, reply) => {
    const problem = problemFor(error);
    if (problem.code === "defect") {
      log.error("api.defect", {
        method: request.method,
        route: request.routeOptions.url ?? "",
        error: error.stack ?? error.message,
      });
    }
    return sendProblem(reply, problem);
  });
  api.setNotFoundHandler((request, reply) => {
    const path = request.url.split("?")[0]?.slice(0, 200) ?? "";
    return sendProblem(reply, problemOf(new CoevalError("not-found", `there is no address ${path}`)));
  });
}

/** Sends the document with its status; `www-authenticate` where the status asks for it. */
export function sendProblem(reply: FastifyReply, problem: Problem): FastifyReply {
  if (problem.status === 401) void reply.header("www-authenticate", 'Bearer realm="coeval"');
  return reply
    .code(problem.status)
    .header("content-type", PROBLEM_TYPE)
    .header("cache-control", "no-store")
    .serializer((value: unknown) => JSON.stringify(value))
    .send(problem);
}

function problemFor(error: FastifyError | CoevalError): Problem {
  if (error instanceof CoevalError) return problemOf(shown(error));
  const status = error.statusCode ?? 500;
  if (status === 413) return problemOf(new CoevalError("too-large", "the body is larger than 4 MiB"));
  if (status === 415)
    return problemOf(new CoevalError("wrong-media-type", "the body is not application/json"));
  if (status >= 400 && status < 500) return problemOf(new CoevalError("bad-input", error.message));
  if (status === 503) return problemOf(new CoevalError("internal-stop", "the control device is stopping"));
  return problemOf(new CoevalError("defect", "an unexpected failure; the control device's log tells it"));
}

/** A defect's message may hold anything, so it stays in the log. */
function shown(error: CoevalError): CoevalError {
  if (error.code !== "defect") return error;
  return new CoevalError("defect", "an unexpected failure; the control device's log tells it");
}
