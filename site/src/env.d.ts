/// <reference types="astro/client" />

declare namespace App {
  interface Locals {
    /** Absent while developing. */
    fail?: (error: unknown) => void;
  }
}
