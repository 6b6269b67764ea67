// The service that tests and demo protect: three directories of a shop, owned by ordinary users.

/** Where the shop lies on a cluster, and whose it is. */
export interface Shop {
  /** The directory above the three; it belongs to the superuser. */
  readonly path: string;
  readonly directories: readonly ShopDirectory[];
}

export interface ShopDirectory {
  readonly name: "orders" | "items" | "returns";
  readonly path: string;
  readonly owner: string;
  readonly group: string;
  readonly permission: string;
}

/** Users' groups, as the clusters must know them. The service account is a superuser on both. */
export const SHOP_GROUPS: Readonly<Record<string, readonly string[]>> = {
  alice: ["staff"],
  bob: ["staff"],
  carol: ["audit"],
  coeval: ["supergroup"],
};

export function shop(path: string): Shop {
  const directory = (name: ShopDirectory["name"], owner: string, permission: string): ShopDirectory => ({
    name,
    path: `${path}/${name}`,
    owner,
    group: "staff",
    permission,
  });
  return {
    path,
    directories: [
      directory("orders", "alice", "755"),
      directory("items", "bob", "775"),
      // Sticky: everybody may add a return, only its owner may take it away.
      directory("returns", "alice", "1777"),
    ],
  };
}
