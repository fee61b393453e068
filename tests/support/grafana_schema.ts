// What a dashboard's JSON may say, by Grafana's own types. Appended to it: the dashboard and each of its panels as constants.
import type { Dashboard, DataQuery } from "@grafana/schema";
import type { Options as Stat } from "./node_modules/@grafana/schema/dist/esm/raw/composable/stat/panelcfg/x/StatPanelCfg_types.gen";
import type { FieldConfig as TableField, Options as Table } from "./node_modules/@grafana/schema/dist/esm/raw/composable/table/panelcfg/x/TablePanelCfg_types.gen";
import type { FieldConfig as LineField, Options as Lines } from "./node_modules/@grafana/schema/dist/esm/raw/composable/timeseries/panelcfg/x/TimeSeriesPanelCfg_types.gen";

// JSON has the values of an enumeration, not its names, and leaves out what has a default.
type Plain<T> = T extends string ? `${T}`
  : T extends number ? (`${T}` extends `${infer N extends number}` ? N : T)
  : T extends boolean | null | undefined | Function ? T
  : T extends (infer U)[] ? Plain<U>[]
  : T extends object ? { [K in keyof T]?: Plain<T[K]> } : T;

// The schema leaves a query to its data source, and the package has no type of Prometheus' own.
interface Query extends DataQuery {
  expr: string;
  legendFormat: string;
  editorMode: "code";
  instant: boolean;
  range: boolean;
  format: "table";
}

interface Shown<O, F> {
  options: O;
  custom: F;
  targets: Query[];
}

type Panels = {
  stat: Plain<Shown<Stat, Record<string, never>>>;
  table: Plain<Shown<Table, TableField>>;
  timeseries: Plain<Shown<Lines, LineField>>;
};

