import fc from "fast-check";

// Property tests explore: every run at a desk tries other cases. What lands is judged by the same cases each time.
if (process.env["CI"] !== undefined) fc.configureGlobal({ seed: 20_010_101 });
