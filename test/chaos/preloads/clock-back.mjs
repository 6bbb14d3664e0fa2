// The wall clock jumps back by an hour, and stays there.
import { jumpBy } from './jump.mjs';

jumpBy(-3_600_000);
