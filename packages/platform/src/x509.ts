/** The X.509 library; its dependency injection needs the polyfill to be there first, so it is imported here and nowhere else. */
import "reflect-metadata";

export * from "@peculiar/x509";
