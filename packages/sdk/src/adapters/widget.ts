/** What a widget shows: one shape for each type of display that a manifest may declare. */
import type { Plugin } from '../plugin.ts';

export interface MetricData {
  readonly type: 'metric';
  readonly value: number;
  /** Shown behind the value: `ms`. */
  readonly unit?: string;
}

export interface TableData {
  readonly type: 'table';
  readonly columns: readonly string[];
  /** As many cells in each row as there are columns. */
  readonly rows: readonly (readonly (string | number)[])[];
}

export interface TextData {
  readonly type: 'text';
  /** Plain text: shown as it is, line breaks included. */
  readonly text: string;
}

/** Lines over a common axis. */
export interface ChartData {
  readonly type: 'chart';
  /** Ascending; seconds since the epoch, unless `xUnit` is given. */
  readonly x: readonly number[];
  /** Absent for time; else the axis is a plain number with this unit. */
  readonly xUnit?: string;
  readonly series: readonly ChartSeries[];
}

export interface ChartSeries {
  readonly label: string;
  /** As many as there are `x`; null is a gap. */
  readonly values: readonly (number | null)[];
}

export type WidgetData = MetricData | TableData | TextData | ChartData;

export interface Widget {
  /**
   * The data of a display, by its name under `displays` in ar-plugin.yaml, in the shape of its declared type. Asked every
   * few seconds while somebody looks; reject for a name that is not known.
   */
  getData(name: string): Promise<WidgetData>;
}

/** A plugin of type `widget`. */
export interface WidgetPlugin extends Plugin, Widget {}
