// The wall clock jumps on by an hour, and stays there.
import { jumpBy } from './jump.mjs';

jumpBy(3_600_000);
